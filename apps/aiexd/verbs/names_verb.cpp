#include "aiexd/verbs/names_verb.hpp"

#include "aiex/actors/cluster/groups.hpp"
#include "aiex/actors/flow/projections.hpp"

#include "aiexd/verbs/flow_verbs.hpp"
#include "aiexd/verbs/projection_call.hpp"
#include "aiexd/verbs/tree_places.hpp"
#include "aiexd/verbs/tree_verbs.hpp"

namespace aiex {

namespace {

constexpr std::string_view session_streams = "$session-";

/// Of sorted or unsorted names those that begin with `prefix`, as so many lines as may be told.
void answer(verb_call& call, const std::vector<std::string>& names, const std::string& prefix) {
  std::string lines;
  std::size_t told = 0;
  for (const std::string& each : names)
    if (told < names_told_max && each.starts_with(prefix)) {
      lines += to_text({{"name", each}}) + "\n";
      ++told;
    }
  call.answer(lines_reply(std::move(lines)));
}

void answer_from_log(verb_call& call, name_kind kind, const std::string& prefix) {
  const auto found = call.services().events.events().names(kind, prefix, names_told_max);
  if (!found)
    return call.refuse(found.error());
  answer(call, *found, prefix);
}

void answer_sessions(verb_call& call, const std::string& prefix) {
  auto found = call.services().events.events().names(
    name_kind::stream, std::string{session_streams} + prefix, names_told_max);
  if (!found)
    return call.refuse(found.error());
  for (std::string& each : *found)
    each.erase(0, session_streams.size());
  answer(call, *found, prefix);
}

void answer_children(verb_call call, const std::string& prefix) {
  with_tree(std::move(call), [prefix](verb_call& asked, const supervision_tree& tree) {
    std::vector<std::string> paths;
    for (const tree_place& each : places_of(tree))
      paths.push_back(each.path);
    answer(asked, paths, prefix);
  });
}

} // namespace

void run_names(verb_call call) {
  const auto kind = call.given.required_text("kind");
  if (!kind)
    return call.refuse(kind.error());
  const auto given = call.given.text("prefix");
  if (!given)
    return call.refuse(given.error());
  const std::string prefix = given->value_or("");
  if (*kind == "streams")
    return answer_from_log(call, name_kind::stream, prefix);
  if (*kind == "categories")
    return answer_from_log(call, name_kind::category, prefix);
  if (*kind == "types")
    return answer_from_log(call, name_kind::type, prefix);
  if (*kind == "sessions")
    return answer_sessions(call, prefix);
  if (*kind == "projections")
    return answer(call, registered_projections(call.services().names), prefix);
  if (*kind == "aggregates")
    return answer(call, categories_of(call.services().names), prefix);
  if (*kind == "groups")
    return answer(call, groups{call.services().names}.which_groups(), prefix);
  if (*kind == "children")
    return answer_children(std::move(call), prefix);
  call.refuse({errc::invalid_argument,
    "there are no names of kind \"" + kind->substr(0, 80) +
      "\"; kinds are streams, categories, types, projections, sessions, children, aggregates, "
      "groups"});
}

} // namespace aiex
