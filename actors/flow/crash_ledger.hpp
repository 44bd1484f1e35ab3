// The crash ledger: writes what the supervisors have seen go wrong into the log, so that it can be
// asked why something restarts long after it has happened. While all goes well it writes nothing.
#pragma once

#include "aiex/actors/flow/crash_ledger_memory.hpp"
#include "aiex/actors/flow/node_services.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <memory>

namespace aiex {

/// An append that failed is repeated after this.
inline constexpr std::chrono::milliseconds crash_ledger_pause{5'000};
inline constexpr std::chrono::milliseconds crash_ledger_patience{30'000};

/// To the ledger: there is something in its memory.
struct crash_noted {};

/// Answered with `crash_ledger_statistics`.
struct crash_ledger_statistics_call {};
struct crash_ledger_statistics {
  std::uint64_t recorded = 0; ///< By this actor, since it was started.
  std::uint64_t failures = 0; ///< Appends that failed and were, or will be, repeated.
  std::uint64_t lost = 0;     ///< Never recorded, because too many waited or the store refused.
  std::size_t waiting = 0;
  std::string last_failure{};
};

/// Hears of everything for all supervisors of a node, and notes it.
observer observer_of(std::shared_ptr<crash_ledger_memory> memory);

struct crash_ledger_state {
  static inline const char* name = "crash_ledger";
  crash_ledger_statistics counted; // not the bool first: CAF would make it from a pointer
  std::uint64_t refused = 0;
  bool is_writing = false; ///< Or waits to do so again.
};

/// The ledger, registered as "ledger". The memory outlives it, and wakes it from its beginning on:
/// by its name it can only be found a moment later.
///
///   crash_noted
///   crash_ledger_statistics_call -> crash_ledger_statistics
caf::behavior crash_ledger(caf::stateful_actor<crash_ledger_state>* self, node_services services,
  std::shared_ptr<crash_ledger_memory> memory);

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::crash_noted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::crash_ledger_statistics_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::crash_ledger_statistics)
