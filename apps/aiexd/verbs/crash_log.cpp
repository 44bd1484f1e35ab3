// Tested by tests/apps/aiexd/verbs/why_verb_test.cpp
#include "aiexd/verbs/crash_log.hpp"

#include "aiex/persistence/codec/json_reader.hpp"

#include "aiexd/verbs/tree_places.hpp"
#include "aiexd/verbs/tree_verbs.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

namespace {

using crashes_found = std::function<void(verb_call, crash_log)>;

/// Takes an event of the child; false: that is enough.
using taker = bool (*)(const recorded_event& event, crash seen, crash_log& into);

/// "exited" of "child_exited".
std::string change_of(std::string_view type) {
  const auto underscore = type.find('_');
  return std::string{type.substr(underscore == std::string_view::npos ? 0 : underscore + 1)};
}

logged_crash logged(const recorded_event& event, crash seen) {
  seen.site.reset();
  return {change_of(event.type), std::move(seen)};
}

bool count(const recorded_event& event, crash seen, crash_log& into) {
  ++into.crashes;
  into.since = seen.at;
  if (seen.site && !into.sited)
    into.sited = seen;
  if (into.newest_first.empty())
    into.newest_first.push_back(logged(event, std::move(seen)));
  return into.crashes < crashes_counted_max;
}

bool keep(const recorded_event& event, crash seen, crash_log& into) {
  into.newest_first.push_back(logged(event, std::move(seen)));
  return into.newest_first.size() < crashes_told_max;
}

/// Hands the child's events to `take`, the newest first.
void look(verb_call call, query asked, crash_log so_far, taker take, crashes_found then) {
  call.services().events.read(call.self, std::move(asked), call.patience(),
    [call, so_far = std::move(so_far), take, then = std::move(then)](
      const result<shared_page>& page) mutable {
      if (!page)
        return call.refuse(page.error());
      bool is_enough = false;
      for (const recorded_event& event : (*page)->events) {
        crash seen;
        json_reader reader;
        const bool is_its = reader.read(event.data, seen) && is_meant(seen.child, so_far.child);
        if (!is_enough && is_its) // else of another child with the same last part
          is_enough = !take(event, std::move(seen), so_far);
      }
      if ((*page)->rest && !is_enough)
        look(std::move(call), *(*page)->rest, std::move(so_far), take, std::move(then));
      else
        then(std::move(call), std::move(so_far));
    });
}

bool is_crash(const logged_crash& one) {
  const auto types = types_of_crashes();
  return std::find(types.begin(), types.end(), "child_" + one.what) != types.end();
}

/// Puts the last crash behind what is newer and no crash.
void put_back(logged_crash last, crash_log& into) {
  if (std::none_of(into.newest_first.begin(), into.newest_first.end(), is_crash))
    into.newest_first.push_back(std::move(last));
}

} // namespace

void find_crashes(verb_call call, std::string child, crashes_found then) {
  query newest;
  newest.stream = std::string{supervision_stream};
  newest.tags = {to_tag(last_part(child))};
  newest.order = direction::descending;
  if (newest.tags.front().empty())
    return call.refuse({errc::invalid_argument, "\"child\" is empty: name one by its path"});
  query crashes = newest;
  crashes.types = types_of_crashes();
  // By themselves, so that handlers that are a little slow do not stand before them.
  look(std::move(call), std::move(crashes), {.child = std::move(child)}, count,
    [newest, then = std::move(then)](verb_call asked, crash_log counted) {
      auto last = std::exchange(counted.newest_first, {});
      look(std::move(asked), newest, std::move(counted), keep,
        [last, then](verb_call looked, crash_log found) {
          if (!last.empty())
            put_back(last.front(), found);
          then(std::move(looked), std::move(found));
        });
    });
}

void with_known_child(
  verb_call call, const std::string& child, std::function<void(verb_call&)> then) {
  with_tree(std::move(call),
    [child, then = std::move(then)](verb_call& asked, const supervision_tree& tree) {
      for (const tree_place& each : places_of(tree))
        if (is_meant(each.path, child))
          return then(asked);
      asked.refuse(
        {errc::not_found, "there is no child \"" + child +
                            "\", and no crash of one; the verb tree shows those there are"});
    });
}

} // namespace aiex
