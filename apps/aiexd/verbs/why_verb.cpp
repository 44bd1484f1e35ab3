#include "aiexd/verbs/why_verb.hpp"

#include "aiex/actors/flow/crash_ledger_memory.hpp"
#include "aiex/persistence/codec/json_reader.hpp"

#include "aiexd/verbs/tree_places.hpp"
#include "aiexd/verbs/tree_verbs.hpp"

#include <iterator>

namespace aiex {

namespace {

struct search {
  std::string child;
  std::vector<std::string> newest_first;
};

/// The line of an event of the ledger; nothing if it is about another child.
std::optional<std::string> line_of(const recorded_event& event, const std::string& child) {
  crash seen;
  json_reader reader;
  if (!reader.read(event.data, seen) || !is_meant(seen.child, child))
    return std::nullopt;
  const auto underscore = event.type.find('_');
  json_value line{{"at", seen.at}, {"child", seen.child},
    {"what", event.type.substr(underscore == std::string_view::npos ? 0 : underscore + 1)},
    {"reason", seen.reason}, {"restarts", seen.restarts}};
  if (seen.lost > 0)
    line["lost"] = seen.lost; // before it, because too many came at once
  return to_text(line) + "\n";
}

void answer(verb_call call, const search& done) {
  std::string lines;
  for (auto each = done.newest_first.rbegin(); each != done.newest_first.rend(); ++each)
    lines += *each;
  if (!lines.empty())
    return call.answer(lines_reply(std::move(lines)));
  with_tree(std::move(call), [child = done.child](verb_call& asked, const supervision_tree& tree) {
    for (const tree_place& each : places_of(tree))
      if (is_meant(each.path, child))
        return asked.answer(lines_reply({}));
    asked.refuse(
      {errc::not_found, "there is no child \"" + child +
                          "\", and no crash of one; the verb tree shows those there are"});
  });
}

void look(verb_call call, query asked, search so_far) {
  call.services().events.read(call.self, std::move(asked), gateway_patience,
    [call, so_far = std::move(so_far)](const result<shared_page>& page) mutable {
      if (!page)
        return call.refuse(page.error());
      for (const recorded_event& each : (*page)->events)
        if (so_far.newest_first.size() < crashes_shown_max)
          if (auto line = line_of(each, so_far.child))
            so_far.newest_first.push_back(std::move(*line));
      if ((*page)->rest && so_far.newest_first.size() < crashes_shown_max)
        look(std::move(call), *(*page)->rest, std::move(so_far));
      else
        answer(std::move(call), so_far);
    });
}

} // namespace

void run_why(verb_call call) {
  auto child = call.given.required_text("child");
  if (!child)
    return call.refuse(child.error());
  query asked;
  asked.stream = std::string{supervision_stream};
  asked.tags = {to_tag(last_part(*child))};
  asked.order = direction::descending;
  if (asked.tags.front().empty())
    return call.refuse({errc::invalid_argument, "\"child\" is empty: name one by its path"});
  look(std::move(call), std::move(asked), {std::move(*child), {}});
}

} // namespace aiex
