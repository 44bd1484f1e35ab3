// The sessions of a node, as one part of its tree:
//
//   sessions                   one_for_one
//     aggregates/$session      the sessions that are active, an actor each; one that crashes is
//     back
//                              at once, with its state
//     $sessions                the list of all, a projection
//     service                  answers: the actor "sessions"
//
// After a restart of the node a session's actor is started by the first call for it. So it is after
// more crashes than `session_crashes` allows.
#pragma once

#include "aiex/actors/cluster/session_messages.hpp"
#include "aiex/actors/flow/aggregate.hpp"
#include "aiex/actors/flow/node_part.hpp"

#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>

namespace aiex {

/// Of active ones, so many have an actor; beyond it those that were called least recently have
/// none.
inline constexpr std::size_t sessions_living_max = 100'000;
inline constexpr restart_limit session_crashes{100, std::chrono::seconds{10}};

/// Calls under way; more are answered overloaded.
inline constexpr std::size_t session_calls_max = 1'024;
inline constexpr std::chrono::milliseconds session_patience{15'000}; ///< For an answer, each.

struct sessions_state {
  static inline const char* name = "sessions";
  std::shared_ptr<std::size_t> under_way = std::make_shared<std::size_t>(0);
};

/// The service, registered as "sessions".
///
///   create_session_call, show_session_call, change_session_call -> session_answer
///   list_sessions_call -> list_sessions_answer
///   session_statistics_call -> session_statistics_answer
caf::behavior sessions_service(caf::stateful_actor<sessions_state>* self, node_services services);

node_part sessions();

} // namespace aiex
