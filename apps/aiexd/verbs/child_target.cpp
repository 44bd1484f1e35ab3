#include "aiexd/verbs/child_target.hpp"

#include "aiex/supervision/tree/dynamic_supervisor.hpp"

#include "aiexd/verbs/ask.hpp"

#include <algorithm>

namespace aiex {

namespace {

/// One way down, as far as it is to be gone.
struct descent {
  child_target what;
  std::size_t depth;
  then_with then;
};

void descend(verb_call call, const caf::actor& supervisor, const descent& going, std::size_t at);

template <class Message>
void ask_who(verb_call call, const caf::actor& supervisor, Message which, const descent& going,
  std::size_t at) {
  ask<which_child_answer>(std::move(call), supervisor, std::move(which),
    "a supervisor above " + going.what.path,
    [going, at](verb_call& asked, const which_child_answer& found) {
      if (found.outcome && found.outcome->actor)
        return descend(asked, found.outcome->actor, going, at + 1);
      asked.refuse({errc::not_found, going.what.path + " does not run: the verb ps shows those "
                                                       "that do, why what it died of"});
    });
}

/// By its number if it is dynamic: such a supervisor tells some of its children only.
void descend(verb_call call, const caf::actor& supervisor, const descent& going, std::size_t at) {
  if (at == going.depth)
    return going.then(call, supervisor);
  const child_target::step& next = going.what.steps[at];
  if (next.is_dynamic)
    return ask_who(std::move(call), supervisor, which_dynamic_child_call{next.actor_id}, going, at);
  ask_who(std::move(call), supervisor, which_child_call{next.id}, going, at);
}

void descend_from_top(verb_call call, const descent& going) {
  const auto top = call.services().names.find("top");
  if (!top)
    return call.refuse({errc::stopped, "the node's tree ends"});
  descend(std::move(call), *top, going, 0);
}

} // namespace

child_target child_target_of(const std::vector<tree_place>& places, std::size_t which) {
  child_target made{places[which].path, {}};
  for (std::size_t i = which; i != 0; i = places[i].parent) {
    const supervision_tree& node = *places[i].node;
    const bool is_dynamic = !places[places[i].parent].node->how.has_value();
    made.steps.push_back({node.id, node.actor_id, is_dynamic});
  }
  std::reverse(made.steps.begin(), made.steps.end());
  return made;
}

void with_supervisor_of(const child_target& what, verb_call call, then_with then) {
  const std::size_t depth = what.steps.empty() ? 0 : what.steps.size() - 1;
  descend_from_top(std::move(call), {what, depth, std::move(then)});
}

void with_actor_of(const child_target& what, verb_call call, then_with then) {
  descend_from_top(std::move(call), {what, what.steps.size(), std::move(then)});
}

} // namespace aiex
