// Tested by tests/apps/aiexd/verbs/why_verb_test.cpp
#include "aiexd/verbs/crash_log.hpp"

#include "aiex/persistence/codec/json_reader.hpp"

#include "aiexd/verbs/tree_places.hpp"
#include "aiexd/verbs/tree_verbs.hpp"

#include <utility>

namespace aiex {

namespace {

using crashes_found = std::function<void(verb_call, crash_log)>;

/// "exited" of "child_exited".
std::string change_of(std::string_view type) {
  const auto underscore = type.find('_');
  return std::string{type.substr(underscore == std::string_view::npos ? 0 : underscore + 1)};
}

void take(const recorded_event& event, crash_log& into) {
  crash seen;
  json_reader reader;
  if (!reader.read(event.data, seen) || !is_meant(seen.child, into.child))
    return; // of another child with the same last part
  std::string what = change_of(event.type);
  ++into.looked_at;
  if (what == name(child_change::exited) || what == name(child_change::failed_to_start)) {
    ++into.crashes;
    into.since = seen.at;
  }
  if (seen.site && !into.sited)
    into.sited = seen;
  seen.site.reset();
  if (into.newest_first.size() < crashes_told_max)
    into.newest_first.push_back({std::move(what), std::move(seen)});
}

void look(verb_call call, query asked, crash_log so_far, crashes_found then) {
  call.services().events.read(call.self, std::move(asked), gateway_patience,
    [call, so_far = std::move(so_far), then = std::move(then)](
      const result<shared_page>& page) mutable {
      if (!page)
        return call.refuse(page.error());
      for (const recorded_event& each : (*page)->events)
        if (so_far.looked_at < crashes_counted_max)
          take(each, so_far);
      if ((*page)->rest && so_far.looked_at < crashes_counted_max)
        look(std::move(call), *(*page)->rest, std::move(so_far), std::move(then));
      else
        then(std::move(call), std::move(so_far));
    });
}

} // namespace

void find_crashes(verb_call call, std::string child, crashes_found then) {
  query asked;
  asked.stream = std::string{supervision_stream};
  asked.tags = {to_tag(last_part(child))};
  asked.order = direction::descending;
  if (asked.tags.front().empty())
    return call.refuse({errc::invalid_argument, "\"child\" is empty: name one by its path"});
  look(std::move(call), std::move(asked), {.child = std::move(child)}, std::move(then));
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
