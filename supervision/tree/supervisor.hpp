// The actor around supervisor_core: starts, stops and watches children as the core says.
//
// It watches with monitors and not with links, and its orders to shut down overtake what waits in a
// child's mailbox. If it is killed itself, its children are killed with it.
#pragma once

#include "aiex/supervision/process/living_children.hpp"
#include "aiex/supervision/tree/last_words.hpp"
#include "aiex/supervision/tree/supervision_event.hpp"
#include "aiex/supervision/tree/supervisor_core.hpp"
#include "aiex/supervision/tree/supervisor_messages.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_system.hpp>
#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace aiex {

/// Starts a supervisor with all its children, left to right; returns when all have started. If one
/// fails, those before it are stopped again, and the answer is `failing`: the reason, and the
/// actor, which ends when that is done. `parent`: the one actor that may tell it to shut down;
/// without one, everybody but its children may. It does not end with its parent: who is no
/// supervisor itself tells it, or links. Keep what is started: CAF destroys an actor that nobody
/// holds when it has nothing to do. Errors: what `check` finds.
start_outcome start_supervisor(caf::actor_system& system, supervisor_spec spec,
  supervision_context context, caf::actor_addr parent = {});

/// The same as a child of another supervisor; its path is made of the parent's and `id`.
child_spec supervisor_child(
  std::string id, supervisor_spec spec, supervision_context parent, worker_options options = {});

/// Tells a supervisor without a parent to stop its children, right to left, and to end for this
/// reason. Thread: any. It has done so when whoever monitors it hears.
void stop_supervisor(const caf::actor& supervisor, const caf::error& reason = shutdown_reason());

/// Why a supervisor could not begin.
struct begin_failure {
  std::string text; ///< For people.
  failed_to_start_child child;
};

struct supervisor_state {
  static inline const char* name = "supervisor";

  using start_promise = caf::typed_response_promise<start_child_answer>;
  using plain_promise = caf::typed_response_promise<supervision_answer>;
  struct failing_start {
    child_key key = 0;
    std::string reason{};
  };

  std::optional<supervisor_core> core;
  supervision_context context;
  caf::actor_addr parent; ///< Nobody, at the top.
  std::shared_ptr<living_children> living = std::make_shared<living_children>();
  std::map<child_key, std::string> infos; ///< Of starts that gave one; while the child lives.
  std::optional<failing_start> failing;   ///< A start has failed and its actor has still to end.
  std::optional<begin_failure> last_failure;
  std::optional<caf::error> told; ///< To end, by its parent; it ends for the same reason.
  caf::strong_actor_ptr itself;   ///< While it begins or ends.
  last_words said;
  std::map<request_token, std::variant<start_promise, plain_promise>> asked;
  request_token last_token = 0;
};

/// What `get_state_call` shows: its children, as many as there is room for; the others are counted.
std::string state_text(const supervisor_state& state);

/// The supervisor actor. Started by `start_supervisor` or as a `supervisor_child`; spawned by CAF
/// alone it ends at once: it is no process then.
///
///   start_child_call, restart_child_call -> start_child_answer
///   terminate_child_call, delete_child_call -> supervision_answer
///   change_supervisor_call -> supervision_answer
///   get_childspec_call -> childspec_answer
///   which_child_call -> which_child_answer
///   which_children_call -> std::vector<child_info>
///   count_children_call -> child_counts
///   supervision_tree_call -> supervision_tree
///   exit_msg of its parent       stops all children, right to left, then ends for its reason; a
///                                stranger's is not heeded, unless it kills
///
/// `failure`: why it could not begin, if it could not.
caf::behavior supervisor(caf::stateful_actor<supervisor_state>* self, supervisor_spec spec,
  supervision_context context, caf::actor_addr parent,
  std::shared_ptr<std::optional<begin_failure>> failure);

} // namespace aiex
