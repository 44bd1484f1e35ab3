// The full check of a store: every byte of the log, and the state against it. Reads in steps,
// beside a running writer or in a process of its own: a file damaged enough kills who reads it
// through LMDB, so callers run it in a child process and count its death as a finding.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/function_ref.hpp"
#include "aiex/persistence/storage/log_storage.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"
#include "aiex/persistence/store/verify_report.hpp"

#include <cstdint>

namespace aiex {

/// Checks prefix, checksums, content digests, chain, order and gaps of every entry, the versions of
/// every stream and that no id stands twice, up to the log's end when it begins; and up to the
/// state's head, that the state has each event exactly once in every table, and nothing else.
/// Needs memory for one row per stream. `progress` hears how many events were checked. Errors: io,
/// corrupt (the medium itself cannot be read on).
result<verify_report> verify(const log_storage& log, const ordered_tables& state,
  function_ref<void(std::uint64_t events)> progress);

/// The log alone: all of the above but the state.
result<verify_report> verify_log(
  const log_storage& log, function_ref<void(std::uint64_t events)> progress);

} // namespace aiex
