// What a watchdog says about what it sees, decided without threads and clocks.
#pragma once

#include "aiex/supervision/process/process_table.hpp"
#include "aiex/supervision/workers/worker_pool.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace aiex {

using watchdog_time = process_activity::clock::time_point;

/// A handler that runs.
struct running_handler {
  process_entry_pointer of;
  process_activity::turn turn;
};

struct handler_report {
  running_handler which;
  bool has_returned = false;           ///< Else it still runs.
  std::chrono::milliseconds ran_for{}; ///< Until now; when it has returned, until that was seen.
};

/// For so long an actor's slow handlers are remembered once they are done.
inline constexpr std::chrono::hours slow_handlers_memory{1};

/// Tells of handlers that run for longer than the limit of their child: at the limit, at twice, at
/// four times and so on, and when they are done. Of a further one of the same actor it goes on
/// where it was, so that an actor that is always a little slow is told of once, and not at each
/// message.
class handler_watch {
public:
  /// `running`: all that run, each process once; those that were there and are not have returned.
  std::vector<handler_report> look(std::span<const running_handler> running, watchdog_time now);

private:
  struct slow_actor {
    std::chrono::milliseconds next; ///< Told of again when a handler of it has run for so long.
    std::optional<running_handler> told{}; ///< Still runs, and has been told of.
    watchdog_time told_at{};
    bool was_seen = false;
  };

  static void has_returned(slow_actor& whose, watchdog_time now, std::vector<handler_report>& into);

  std::unordered_map<std::uint64_t, slow_actor> slow_; // by their ids
};

/// Counts the workers that do not come back from an actor.
class worker_watch {
public:
  /// `turns`: all, each worker once. Those that were there at the last look, too, are blocked.
  std::size_t blocked(std::span<const worker_turn> turns);

private:
  std::unordered_map<std::size_t, std::uint64_t> seen_; // by worker, the number of its turn
};

/// One for each that is blocked: then as many take from the queue as ever.
constexpr std::size_t spares_wanted(std::size_t blocked, std::size_t most) {
  return blocked < most ? blocked : most;
}

} // namespace aiex
