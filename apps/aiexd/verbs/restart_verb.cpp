#include "aiexd/verbs/restart_verb.hpp"

#include "aiex/supervision/tree/dynamic_supervisor.hpp"

#include "aiexd/verbs/child_target.hpp"
#include "aiexd/verbs/tree_places.hpp"
#include "aiexd/verbs/tree_verbs.hpp"

namespace aiex {

namespace {

constexpr const char* look_at_ps = "the verb ps shows what runs";

void answer(verb_call& call, const child_target& what, bool is_restarted) {
  json_value said{{"child", what.path}, {"restarted", is_restarted}};
  if (!is_restarted)
    said["stopped"] = true; // and started when somebody needs it
  call.answer(said);
}

void start_again(verb_call call, const caf::actor& supervisor, const child_target& what) {
  ask_to<start_child_answer>(std::move(call), supervisor, restart_child_call{what.last().id},
    "the supervisor of " + what.path, look_at_ps,
    [what](verb_call& asked, const start_child_answer& started) {
      if (started.outcome)
        return answer(asked, what, true);
      if (started.outcome.error().code == supervision_errc::not_found) // it was a temporary one
        return answer(asked, what, false);
      asked.refuse({errc::stopped, what.path + " was stopped and could not be started again: " +
                                     started.outcome.error().message});
    });
}

void stop(verb_call call, const caf::actor& supervisor, const child_target& what) {
  ask_to<supervision_answer>(std::move(call), supervisor, terminate_child_call{what.last().id},
    "the supervisor of " + what.path, look_at_ps,
    [what, supervisor](verb_call& asked, const supervision_answer& stopped) {
      if (stopped.outcome)
        return start_again(asked, supervisor, what);
      asked.refuse(
        {errc::stopped, what.path + " cannot be stopped: " + stopped.outcome.error().message});
    });
}

/// By its number: a dynamic supervisor tells some of its children only.
void stop_dynamic(verb_call call, const caf::actor& supervisor, const child_target& what) {
  ask_to<supervision_answer>(std::move(call), supervisor,
    terminate_dynamic_call{what.last().actor_id}, "the supervisor of " + what.path, look_at_ps,
    [what](verb_call& asked, const supervision_answer& stopped) {
      if (stopped.outcome)
        return answer(asked, what, false);
      asked.refuse({errc::not_found,
        what.path + " is not there any more: " + stopped.outcome.error().message});
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
    const child_target what = child_target_of(places, *which);
    if (carries_node(what.path))
      return asked.refuse({errc::refused,
        what.path + " carries the node that would have to restart it: restart the node instead"});
    if (is_dry_run)
      return asked.answer({{"child", what.path}, {"restarted", false}, {"dry_run", true}});
    with_supervisor_of(what, asked, [what](verb_call& found, const caf::actor& supervisor) {
      what.last().is_dynamic ? stop_dynamic(found, supervisor, what)
                             : stop(found, supervisor, what);
    });
  });
}

} // namespace aiex
