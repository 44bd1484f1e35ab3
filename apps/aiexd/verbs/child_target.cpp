#include "aiexd/verbs/child_target.hpp"

#include "aiex/supervision/tree/dynamic_supervisor.hpp"

#include "aiexd/verbs/ask.hpp"

#include <algorithm>

namespace aiex {

namespace {

using then_with = std::function<void(verb_call&, const caf::actor&)>;

void descend(verb_call call, const caf::actor& supervisor, std::size_t depth,
  const child_target& what, const then_with& then) {
  if (depth == what.supervisors.size())
    return then(call, supervisor);
  const std::uint64_t wanted = what.supervisors[depth];
  ask<std::vector<child_info>>(std::move(call), supervisor, which_children_call{},
    "a supervisor above " + what.path,
    [depth, wanted, what, then](verb_call& asked, const std::vector<child_info>& children) {
      const auto found = std::find_if(children.begin(), children.end(),
        [&](const child_info& each) { return each.actor && each.actor.id() == wanted; });
      if (found == children.end())
        return asked.refuse(
          {errc::not_found, what.path + " is not there any more: it has just ended"});
      descend(asked, found->actor, depth + 1, what, then);
    });
}

/// By its number if it is dynamic: such a supervisor tells some of its children only.
template <class Message>
void ask_who(verb_call call, const caf::actor& supervisor, const child_target& what, Message which,
  const then_with& then) {
  ask<which_child_answer>(std::move(call), supervisor, std::move(which),
    "the supervisor of " + what.path,
    [what, then](verb_call& asked, const which_child_answer& found) {
      if (!found.outcome || !found.outcome->actor)
        return asked.refuse({errc::not_found,
          what.path + " does not run: the verb ps shows those that do, why what it died of"});
      then(asked, found.outcome->actor);
    });
}

} // namespace

child_target child_target_of(const std::vector<tree_place>& places, std::size_t which) {
  const tree_place& place = places[which];
  const supervision_tree& above = *places[place.parent].node;
  child_target made{
    place.path, place.node->id, {}, place.node->actor_id, !above.how.has_value(), which == 0};
  for (std::size_t i = place.parent; i != 0; i = places[i].parent)
    made.supervisors.push_back(places[i].node->actor_id);
  std::reverse(made.supervisors.begin(), made.supervisors.end());
  return made;
}

void with_supervisor_of(child_target what, verb_call call, then_with then) {
  const auto top = call.services().names.find("top");
  if (!top)
    return call.refuse({errc::stopped, "the node's tree ends"});
  descend(std::move(call), *top, 0, what, then);
}

void with_actor_of(child_target what, verb_call call, then_with then) {
  const child_target which = what;
  with_supervisor_of(std::move(what), std::move(call),
    [which, then = std::move(then)](verb_call& asked, const caf::actor& supervisor) {
      if (which.is_top)
        return then(asked, supervisor);
      if (which.is_dynamic)
        return ask_who(asked, supervisor, which, which_dynamic_child_call{which.actor_id}, then);
      ask_who(asked, supervisor, which, which_child_call{which.id}, then);
    });
}

} // namespace aiex
