#pragma once

#include "aiex/actors/flow/aggregate_core.hpp"
#include "aiex/actors/flow/aggregate_messages.hpp"
#include "aiex/actors/flow/live_table.hpp"
#include "aiex/actors/flow/node_services.hpp"
#include "aiex/actors/flow/owed_answer.hpp"
#include "aiex/supervision/tree/child_spec.hpp"

#include <caf/actor.hpp>
#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace aiex {

struct aggregate_options {
  live_table::limits most{};
  std::uint64_t snapshot_every = 100; ///< Events.
  /// Without a call for so long, it stops. Nothing: it stays until it is over.
  std::optional<std::chrono::milliseconds> idle_after = std::chrono::milliseconds{300'000};
  std::chrono::milliseconds over_after{1'000};     ///< The same of one that is over.
  std::chrono::milliseconds store_patience{5'000}; ///< For an answer of the store.
  /// One that crashes is started again, with its state, without a call for it.
  bool comes_back = false;
  /// With `comes_back`: so often in so long, of all in the category. Then all are stopped, and each
  /// is started again by the next call for it.
  restart_limit limit{};
};

/// Calls that wait in one live aggregate; more are answered overloaded.
inline constexpr std::size_t calls_per_aggregate_max = 256;

struct aggregate_actor_state {
  static inline const char* name = "aggregate";
  struct waiting_call {
    std::variant<dispatch_call, aggregate_state_call> asked;
    owed_answer<> promise;
  };
  std::optional<aggregate_core> core;
  std::deque<waiting_call> waiting; ///< The first one is going on.
  std::uint64_t handled = 0;
  bool is_busy = false;
  bool is_waking = false; ///< It reads its state, though nobody has asked.
  bool is_asked = false;  ///< To say when it is idle, each time, until it is told to end.
  bool is_check_due = false;
};

/// What sys shows of it: its stream, its version, its state, and how many calls wait.
std::string state_text(const aggregate_actor_state& state);

/// One live aggregate: does what its core says, one call after another.
///
///   dispatch_call -> dispatch_answer
///   aggregate_state_call -> aggregate_state_answer
///   report_idle                  sends `idle_report` to `router` whenever it is idle from now on
///   retire                       ends
///
/// One that comes back tells `router` with `aggregate_is_here` that it has begun, and reads its
/// state. A call that it has not answered when it ends is answered with an error: whether it was
/// done is not known then.
caf::behavior aggregate(caf::stateful_actor<aggregate_actor_state>* self,
  std::shared_ptr<const aggregate_type> type, std::string id, node_services services,
  aggregate_options options, caf::actor_addr router);

} // namespace aiex
