// The full check of a store: every byte of the log, and the state against it. Reads in steps,
// beside a running writer or in a process of its own: a file damaged enough kills who reads it
// through LMDB, so callers run it in a child process and count its death as a finding.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/function_ref.hpp"
#include "aiex/persistence/log/position.hpp"
#include "aiex/persistence/storage/log_storage.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiex {

/// Something that is not as it was written.
struct finding {
  position where;          ///< 0 if it concerns no single event.
  std::uint64_t index = 0; ///< Of the entry, 0 if none.
  std::string what;
};

struct verify_report {
  std::uint64_t entries = 0;
  std::uint64_t events = 0;
  std::uint64_t streams = 0; ///< 0 if the log was checked alone.
  position head;             ///< Up to here was checked.
  std::uint64_t findings_total = 0;
  std::vector<finding>
    findings; ///< The first `findings_max`, in log order, then those of the state.

  static constexpr std::size_t findings_max = 100;

  bool is_sound() const noexcept { return findings_total == 0; }
  /// The first bad position, 0 if there is none to name.
  position first_bad() const noexcept;
};

/// Checks prefix, checksums, content digests, chain, order and gaps of every entry up to the
/// state's head, then that the state has each event exactly once in every table, and nothing else.
/// Needs memory for one row per stream. `progress` hears how many events were checked. Errors: io,
/// corrupt (the medium itself cannot be read on).
result<verify_report> verify(const log_storage& log, const ordered_tables& state,
  function_ref<void(std::uint64_t events)> progress);

/// The log alone, to its end: all of the above but the versions and the state.
result<verify_report> verify_log(
  const log_storage& log, function_ref<void(std::uint64_t events)> progress);

} // namespace aiex
