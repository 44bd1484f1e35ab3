// The actor around dynamic_core: the supervisor of what comes and goes, aggregates and sessions.
#pragma once

#include "aiex/supervision/process/living_children.hpp"
#include "aiex/supervision/tree/dynamic_core.hpp"
#include "aiex/supervision/tree/last_words.hpp"
#include "aiex/supervision/tree/supervision_event.hpp"
#include "aiex/supervision/tree/supervisor_messages.hpp"

#include <caf/actor_addr.hpp>
#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace aiex {

/// Children are named by their actors: ids need not be unique here. One that is being restarted is
/// named by the actor that it was last. Answered with `supervision_answer` when it has ended.
/// Errors: not_found.
struct terminate_dynamic_call {
  child_key child = 0; ///< The id of its actor.
  caf::actor actor{};  ///< Or itself: then one that has ended already is well, as in OTP.
};

/// Answered with `childspec_answer`. Errors: not_found.
struct get_dynamic_childspec_call {
  child_key child = 0;
};
/// Answered with `which_child_answer`. Errors: not_found.
struct which_dynamic_child_call {
  child_key child = 0;
};

/// As a child of another supervisor; its path is made of the parent's and `id`.
child_spec dynamic_supervisor_child(std::string id, restart_limit limit, supervision_context parent,
  dynamic_limits most = {}, worker_options options = {});

struct dynamic_supervisor_state {
  static inline const char* name = "dynamic_supervisor";

  using start_promise = caf::typed_response_promise<start_child_answer>;
  using plain_promise = caf::typed_response_promise<supervision_answer>;
  struct failing_start {
    dynamic_child which = 0;
    std::string reason{};
  };

  std::unique_ptr<dynamic_core> core;
  supervision_context context;
  std::shared_ptr<living_children> living = std::make_shared<living_children>();
  std::unordered_map<dynamic_child, start_promise> starts;
  std::unordered_map<child_key, failing_start> failing;
  std::unordered_map<child_key, std::vector<plain_promise>> terminations;
  caf::strong_actor_ptr itself; ///< While it ends.
  last_words said;
  std::optional<caf::error> told; ///< To end, by its parent; it ends for the same reason.
};

/// What `get_state_call` shows: its children, as many as there is room for; the others are counted.
std::string state_text(const dynamic_supervisor_state& state);

/// The dynamic supervisor actor. Started by `spawns` or as a `dynamic_supervisor_child`; spawned by
/// CAF alone it ends at its first order: it is no process then.
///
///   start_child_call -> start_child_answer           errors: those of `dynamic_core::add`,
///                                                    start_failed, already_started
///   terminate_dynamic_call -> supervision_answer
///   get_dynamic_childspec_call -> childspec_answer
///   which_dynamic_child_call -> which_child_answer
///   change_supervisor_call -> supervision_answer     only its limit
///   restart_child_call, delete_child_call, terminate_child_call, get_childspec_call,
///   which_child_call                                 refused: simple_one_for_one
///   which_children_call -> std::vector<child_info>   the newest dynamic_children_told_max
///   count_children_call -> child_counts
///   supervision_tree_call -> supervision_tree        the oldest dynamic_children_told_max
///   exit_msg of `parent`                             stops all children at once, then ends for
///                                                    its reason; a stranger's is not heeded,
///                                                    unless it kills
caf::behavior dynamic_supervisor(caf::stateful_actor<dynamic_supervisor_state>* self,
  restart_limit limit, supervision_context context, dynamic_limits most, caf::actor_addr parent);

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::terminate_dynamic_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::get_dynamic_childspec_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::which_dynamic_child_call)
