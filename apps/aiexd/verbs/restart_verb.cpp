#include "aiexd/verbs/restart_verb.hpp"

#include "aiex/supervision/tree/dynamic_supervisor.hpp"

#include "aiexd/verbs/tree_places.hpp"
#include "aiexd/verbs/tree_verbs.hpp"

#include <algorithm>

namespace aiex {

namespace {

/// The child, and on whose order it is restarted.
struct target {
  std::string path;
  std::string id;
  std::vector<std::uint64_t> supervisors; ///< Actors from below the top one down to its own.
  std::uint64_t actor_id = 0;             ///< 0 while it does not run.
  bool is_dynamic = false;
};

target target_of(const std::vector<tree_place>& places, std::size_t which) {
  const tree_place& place = places[which];
  const supervision_tree& above = *places[place.parent].node;
  target made{place.path, place.node->id, {}, place.node->actor_id, !above.how.has_value()};
  for (std::size_t i = place.parent; i != 0; i = places[i].parent)
    made.supervisors.push_back(places[i].node->actor_id);
  std::reverse(made.supervisors.begin(), made.supervisors.end());
  return made;
}

void answer(verb_call& call, const target& what, bool is_restarted) {
  json_value said{{"child", what.path}, {"restarted", is_restarted}};
  if (!is_restarted)
    said["stopped"] = true; // and started when somebody needs it
  call.answer(said);
}

void start_again(verb_call call, const caf::actor& supervisor, const target& what) {
  ask<start_child_answer>(std::move(call), supervisor, restart_child_call{what.id},
    "the supervisor of " + what.path, [what](verb_call& asked, const start_child_answer& started) {
      if (started.outcome)
        return answer(asked, what, true);
      if (started.outcome.error().code == supervision_errc::not_found) // it was a temporary one
        return answer(asked, what, false);
      asked.refuse({errc::stopped, what.path + " was stopped and could not be started again: " +
                                     started.outcome.error().message});
    });
}

void stop(verb_call call, const caf::actor& supervisor, const target& what) {
  ask<supervision_answer>(std::move(call), supervisor, terminate_child_call{what.id},
    "the supervisor of " + what.path,
    [what, supervisor](verb_call& asked, const supervision_answer& stopped) {
      if (stopped.outcome)
        return start_again(asked, supervisor, what);
      asked.refuse(
        {errc::stopped, what.path + " cannot be stopped: " + stopped.outcome.error().message});
    });
}

/// By its number: a dynamic supervisor tells some of its children only.
void stop_dynamic(verb_call call, const caf::actor& supervisor, const target& what) {
  ask<supervision_answer>(std::move(call), supervisor, terminate_dynamic_call{what.actor_id},
    "the supervisor of " + what.path, [what](verb_call& asked, const supervision_answer& stopped) {
      if (stopped.outcome)
        return answer(asked, what, false);
      asked.refuse({errc::not_found,
        what.path + " is not there any more: " + stopped.outcome.error().message});
    });
}

/// Down to the child's supervisor, one by one: only a supervisor knows the actors of its children.
void descend(verb_call call, const caf::actor& supervisor, std::size_t depth, target what) {
  const bool is_last = depth == what.supervisors.size();
  if (is_last)
    return what.is_dynamic ? stop_dynamic(std::move(call), supervisor, what)
                           : stop(std::move(call), supervisor, what);
  const std::uint64_t wanted = what.supervisors[depth];
  ask<std::vector<child_info>>(std::move(call), supervisor, which_children_call{},
    "a supervisor above " + what.path,
    [depth, wanted, what](verb_call& asked, const std::vector<child_info>& children) {
      const auto found = std::find_if(children.begin(), children.end(),
        [&](const child_info& each) { return each.actor && each.actor.id() == wanted; });
      if (found == children.end())
        return asked.refuse(
          {errc::not_found, what.path + " is not there any more: it has just ended"});
      descend(asked, found->actor, depth + 1, what);
    });
}

} // namespace

bool carries_node(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == std::string_view::npos)
    return true;
  const std::string_view child = path.substr(slash + 1);
  return child == "gateway" || child == "store" || child.starts_with("store/");
}

void run_restart(verb_call call) {
  auto name = call.given.required_text("child");
  if (!name)
    return call.refuse(name.error());
  auto dry_run = call.given.flag("dry_run");
  if (!dry_run)
    return call.refuse(dry_run.error());
  with_tree(std::move(call), [name = std::move(*name), is_dry_run = *dry_run](
                               verb_call& asked, const supervision_tree& tree) {
    const auto places = places_of(tree);
    const auto which = find_place(places, name);
    if (!which)
      return asked.refuse(which.error());
    const target what = target_of(places, *which);
    if (carries_node(what.path))
      return asked.refuse({errc::refused,
        what.path + " carries the node that would have to restart it: restart the node instead"});
    if (is_dry_run)
      return asked.answer({{"child", what.path}, {"restarted", false}, {"dry_run", true}});
    const auto top = asked.services().names.find("top");
    if (!top)
      return asked.refuse({errc::stopped, "the node's tree ends"});
    descend(asked, *top, 0, what);
  });
}

} // namespace aiex
