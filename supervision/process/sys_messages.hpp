// What every process of ours answers itself, in its own turn, whatever its behaviour is: OTP's sys.
// Ask with `calls` (call.hpp): a process that does not come back from a handler does not answer,
// and the call's time-out says so. It never leaves the node.
#pragma once

#include "aiex/supervision/process/trace_ring.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <typeinfo>
#include <utility>

namespace aiex {

/// Answered with std::string: what the process says of its state (see `state_view`), cut at
/// `sys_bytes_max`, which it then says at its end. Errors: runtime_error (what that threw).
struct get_state_call {};

/// From now on it hears only these messages and signals to end. All others wait, also responses,
/// time-outs and downs, and are handled in their order when it resumes; who called may meanwhile
/// have given up. They wait in the mailbox, which has no limit of its own. A signal to end that it
/// outlives ends the suspension, so that it can end in order. Answered with nothing; suspending
/// twice is suspending once.
struct suspend_call {};

/// Answered with nothing, also if it was not suspended.
struct resume_call {};

/// Answered with `process_statistics`. They are always on; messages of sys count, too.
struct statistics_call {};
struct process_statistics {
  std::chrono::steady_clock::time_point started;
  std::chrono::steady_clock::time_point now;
  std::uint64_t messages_in = 0;
  std::uint64_t handled = 0;
  std::chrono::nanoseconds in_turns{};     ///< All turns; each to a tick of the kernel, 1 to 10 ms.
  std::chrono::nanoseconds turn_longest{}; ///< The same.
  std::uint64_t waiting = 0;               ///< In the mailbox.
  bool is_suspended = false;
  bool is_traced = false;

  bool operator==(const process_statistics&) const = default;
};

/// Notes the last messages that it handles, for ten minutes at most (`trace_time_max`); off: they
/// are forgotten. Answered with nothing. Errors: invalid_argument (`events_max` is 0, or over
/// `trace_events_max`).
struct trace_call {
  bool is_on = true;
  std::size_t events_max = trace_events_default;
};

/// Answered with `process_trace`. Without a trace it is empty.
struct get_trace_call {};

/// Changes the state under the actor, for tests. Answered with its new text. Errors:
/// invalid_argument (it has no such state), runtime_error (what `change` threw: nothing changed).
struct replace_state_call {
  const std::type_info* type = nullptr;
  std::function<void(void*)> change;
};
template <class State>
replace_state_call replaces(std::function<void(State&)> change) {
  return {&typeid(State), [change = std::move(change)](void* state) {
            State changed = *static_cast<const State*>(state);
            change(changed);
            *static_cast<State*>(state) = std::move(changed);
          }};
}

template <class... Calls>
struct sys_call_list {
  static bool has(const std::type_info* type) noexcept { return ((type == &typeid(Calls)) || ...); }
};
/// All of these: for one that is added, process_sys.cpp has to have an answer, or does not compile.
using sys_calls = sys_call_list<get_state_call, suspend_call, resume_call, statistics_call,
  trace_call, get_trace_call, replace_state_call>;

/// Whether a message is one of these. By address: types of messages stand once in a program.
inline bool is_sys_call(const message_type& type) noexcept {
  return type.own != nullptr && sys_calls::has(type.own);
}

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::get_state_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::suspend_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::resume_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::statistics_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::process_statistics)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::trace_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::get_trace_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::replace_state_call)
