// How CAF is configured, in one place: for a node, and for a client.
//
// CAF reads no file and no command line here; what a program lets its users set, it sets itself.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <cstddef>
#include <string_view>

namespace aiex {

/// CAF refuses a peer whose identifier differs. Raised when links of two versions cannot talk.
inline constexpr std::string_view link_protocol = "aiex/1";

struct profile {
  /// Threads for actors. 0: as many as the machine has cores, at least `workers_min`. More than
  /// cores cost: on two cores four of them, which share one queue, took a quarter from the appends
  /// that 64 actors get done. For handlers that block a node has spare ones (worker_pool.hpp).
  std::size_t workers = 0;
  /// Messages an actor may handle before the next has its turn.
  std::size_t messages_per_turn = 50;
  /// A silent peer is dead after `connection_timeout`. Both are needed: CAF looks at neither
  /// without the other. At least two heartbeats must fit in.
  std::chrono::milliseconds heartbeat_interval{500};
  std::chrono::milliseconds connection_timeout{2'000};
};

inline constexpr std::size_t workers_min = 2;

/// Fills `config` for a node: policy sharing (wakes from outside threads in 11 us instead of 119,
/// and idles without polling), messages unpacked in the I/O thread, no automatic connections,
/// spare workers for those that block, the middleman and the message types of aiex loaded. Call
/// before the actor system is made.
/// Errors: invalid_argument, and `config` is untouched.
result<void> configure_node(caf::actor_system_config& config, const profile& wishes = {});

/// The same with one worker, unless `wishes` says more: a client only waits.
result<void> configure_client(caf::actor_system_config& config, const profile& wishes = {});

} // namespace aiex
