// What a watchdog says about what it sees, decided without threads and clocks.
#pragma once

#include "aiex/supervision/process/process_table.hpp"
#include "aiex/supervision/workers/worker_pool.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
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

/// Tells of handlers that run for longer than the limit of their child: at the limit, at twice, at
/// four times and so on, and when they are done.
class handler_watch {
public:
  /// `running`: all that run, each process once; those that were there and are not have returned.
  std::vector<handler_report> look(std::span<const running_handler> running, watchdog_time now);

private:
  struct late {
    running_handler which;
    std::chrono::milliseconds next; ///< Told of again when it has run for so long.
    bool was_seen = true;
  };
  std::unordered_map<std::uint64_t, late> late_; // by their actors' ids
};

/// Counts the workers that have been in one actor for too long.
class worker_watch {
public:
  explicit worker_watch(std::chrono::milliseconds patience) : patience_(patience) {}

  /// `turns`: all, each worker once. Those that have been the same for the patience since they were
  /// seen first are blocked.
  std::size_t blocked(std::span<const worker_turn> turns, watchdog_time now);

private:
  struct seen {
    std::uint64_t number;
    watchdog_time since;
  };
  std::chrono::milliseconds patience_;
  std::unordered_map<std::size_t, seen> seen_; // by worker
};

/// One for each that is blocked: then as many take from the queue as ever.
constexpr std::size_t spares_wanted(std::size_t blocked, std::size_t most) {
  return blocked < most ? blocked : most;
}

} // namespace aiex
