// What a replica reads from its log for others, and how it holds against the chain what others read
// for it.
#pragma once

#include "aiex/persistence/consensus/input.hpp"
#include "aiex/persistence/log/entry_chain.hpp"
#include "aiex/persistence/storage/log_storage.hpp"

namespace aiex {

/// The entry there, all of it verified. Errors: corrupt (also: it is not there), io.
result<consensus::entry> read_entry(const log_storage& log, std::uint64_t index);

/// As many as the job allows, at least one if it can be read. Errors: io.
result<consensus::entries_read> read_entries(
  const log_storage& log, const consensus::read_job& asked);

/// Whether it is what stood there: the entry behind it, or the state that ends with it, names its
/// chain digest. What nothing behind it names has to be certain, and to follow the one before it.
/// Errors: io.
result<bool> fits_in(
  const log_storage& log, const chain_end& applied, const consensus::repair_job& job);

/// Where a log stands behind it. Errors: corrupt.
result<chain_end> end_behind(const consensus::entry& what);

} // namespace aiex
