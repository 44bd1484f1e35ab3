// What a node's state of health means, and what to do about it. Pure.
#pragma once

#include "aiex/actors/flow/bus_messages.hpp"
#include "aiex/actors/flow/handler.hpp"
#include "aiex/actors/flow/projection_messages.hpp"
#include "aiex/actors/flow/store_messages.hpp"
#include "aiex/persistence/base/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// What was found out. Nothing: it could not be.
struct node_findings {
  std::string folder;
  bool is_folder_writable = false;
  std::uint64_t bytes_free = 0; ///< For the log.
  std::optional<std::uint64_t> memory_available_bytes;
  timestamp now{};
  std::optional<timestamp> last_recorded_at; ///< Nothing: the log is empty.
  std::optional<std::string> log_error;
  std::optional<position> head; ///< Of the log.
  std::optional<store_statistics> store;
  std::optional<bus_statistics> bus;
  struct projection {
    std::string name;
    std::optional<projection_info> info;
  };
  std::vector<projection> projections;
  struct handler {
    std::string name;
    std::optional<handler_statistics> counted;
  };
  std::vector<handler> handlers;
  struct recorded {
    std::uint64_t count = 0;
    std::string last{}; ///< The child that it was of.
  };
  std::optional<recorded> crashes; ///< Of the last hour; see `types_of_crashes`.
  std::optional<recorded> stuck;   ///< Handlers over their limits, of the last hour.
  std::uint64_t open_files_max = 0;
  std::optional<timestamp> certificate_ends_at; ///< Nothing: links are plain.

  /// What the rest stands on answers: the store and the bus.
  bool is_up() const { return store && head && bus; }
};

// Beyond these a check is not passed.
inline constexpr std::uint64_t bytes_free_min = 1ULL << 30;
inline constexpr std::uint64_t memory_available_min = 128ULL << 20;
inline constexpr std::chrono::minutes clock_behind_max{1};
inline constexpr std::chrono::seconds projection_lag_max{60};
inline constexpr std::uint64_t open_files_min = 1'024;
inline constexpr std::chrono::days certificate_left_min{14};

struct check_line {
  std::string check;
  bool is_ok = false;
  std::string what;
  std::string to_do{}; ///< Empty if all is well.

  bool operator==(const check_line&) const = default;
};

/// One line a check, in an order that does not change: folder, disk, memory, clock, store, bus,
/// each projection, each handler, crashes, stuck, files, certificate if there is one.
std::vector<check_line> diagnose(const node_findings& found);

} // namespace aiex
