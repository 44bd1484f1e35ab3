#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/function_ref.hpp"
#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/storage/log_storage.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"
#include "aiex/persistence/store/verify_report.hpp"

#include <cstdint>

namespace aiex {

/// A part of a log.
struct entry_range {
  std::uint64_t first = 1; ///< Indexes.
  std::uint64_t last = 0;
  position after;           ///< The last event before them.
  std::uint64_t events = 0; ///< About how many they hold.
};

/// Finds events of the range whose id an earlier event has: one of the range, or one before it that
/// the state knows (`state` may be null). It is for what a state has not applied: what it has, its
/// table of ids shows. The log is read once for each `ids_at_a_time` events, so that memory has a
/// bound. `step` is called between snapshots. Errors: io, corrupt.
result<void> check_ids(const log_storage& log, const ordered_tables* state,
  const entry_range& range, verify_report& report, function_ref<void()> step,
  std::size_t ids_at_a_time = limits::ids_at_a_time);

} // namespace aiex
