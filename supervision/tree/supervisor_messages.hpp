// What one says to a supervisor. It never leaves the process. Ask with `calls` (call.hpp): they
// hear at once if the supervisor ends before it has answered.
#pragma once

#include "aiex/supervision/tree/child_spec.hpp"
#include "aiex/supervision/tree/supervisor_core.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// Starts a child behind those there are. Answered with `start_child_answer`. Errors: those of
/// `check`, already_started, already_present, start_failed, stopping.
struct start_child_call {
  child_spec child;
};
/// Starts one that was stopped. Errors: not_found, running, restarting, start_failed, stopping.
struct restart_child_call {
  std::string id;
};
struct start_child_answer {
  tl::expected<started, supervision_error> outcome; ///< Without an actor: ignored.
  caf::actor running{}; ///< already_started: the child, or whoever has its name.
};

/// Stops a child and answers when it has ended; a temporary one is forgotten. Answered with
/// `supervision_answer`. Errors: not_found, stopping.
struct terminate_child_call {
  std::string id;
};
/// Forgets a child that does not run. Errors: not_found, running, restarting, stopping.
struct delete_child_call {
  std::string id;
};
struct supervision_answer {
  tl::expected<void, supervision_error> outcome;
};

/// Answered with `childspec_answer`. Errors: not_found.
struct get_childspec_call {
  std::string id;
};
struct childspec_answer {
  tl::expected<child_spec, supervision_error> outcome;
};

/// What the supervisor is to do from now on, and the children that it is to have: known ones go on
/// under their new specs, new ones do not run before `restart_child_call`, and those that the new
/// spec does not name are kept behind the others. After a fault nothing has changed. Answered with
/// `supervision_answer`. Errors: those of `check`, stopping. A dynamic supervisor has only a limit
/// to change; errors: simple_one_for_one, if there is more.
struct change_supervisor_call {
  supervisor_spec wanted;
};

/// Answered with `std::vector<child_info>`, the newest first.
struct which_children_call {};
struct child_info {
  std::string id;
  child_status status{};
  caf::actor actor{}; ///< While it runs.
  child_kind kind{};
  std::uint64_t restarts = 0;
};
/// One of them. Answered with `which_child_answer`. Errors: not_found.
struct which_child_call {
  std::string id;
};
struct which_child_answer {
  tl::expected<child_info, supervision_error> outcome;
};

/// Answered with `child_counts`.
struct count_children_call {};
struct child_counts {
  std::size_t specs = 0;
  std::size_t active = 0;
  std::size_t supervisors = 0;
  std::size_t workers = 0;

  bool operator==(const child_counts&) const = default;
};

/// Answered with `supervision_tree`: the supervisor and all below it, as they are now. What does
/// not answer in time stands there without children, and what has no room is only counted.
struct supervision_tree_call {
  std::size_t nodes_max = 10'000;            ///< Below the supervisor that is asked.
  std::chrono::milliseconds patience{2'000}; ///< With each supervisor below it.
};
struct supervision_tree {
  std::string id;
  child_kind kind = child_kind::worker;
  std::optional<strategy> how{}; ///< Of a supervisor.
  child_status status = child_status::running;
  std::uint64_t actor_id = 0;
  std::uint64_t restarts = 0;
  std::uint64_t handled = 0;                ///< Messages, since it was started.
  std::uint64_t waiting = 0;                ///< Messages in its mailbox.
  bool is_suspended = false;                ///< See `suspend_call`.
  std::vector<supervision_tree> children{}; ///< In the order in which they start.
  std::uint64_t untold = 0;                 ///< More children, for which there was no room.
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::start_child_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::restart_child_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::start_child_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::terminate_child_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::delete_child_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::supervision_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::get_childspec_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::childspec_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::change_supervisor_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::which_child_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::which_child_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::which_children_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<aiex::child_info>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::count_children_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::child_counts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::supervision_tree_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::supervision_tree)
