#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/storage/log_storage.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"

namespace aiex {

/// Index of the last entry of the log, 0 if it has none.
result<std::uint64_t> last_index(const log_storage& log);

/// Where the state ends. Errors: corrupt, io.
result<state_head> read_head(const ordered_tables& state);

/// The state ends as the log's entry there does: what is appended next builds upon all of it.
/// Errors: corrupt (also: that entry is not in the log), io.
result<void> check_same_log(const log_storage& log, const state_head& head);

/// Applies, in one transaction, the entries from `from` on, at most up to `up_to`, as many as it
/// may hold and as can be read; none if they cannot: `from` is then the first bad one, or the state
/// is. Precondition: `from` follows the state's head. Errors: corrupt, io, store_full.
result<void> apply_step(
  const log_storage& log, const ordered_tables& state, std::uint64_t from, std::uint64_t up_to);

/// Applies to the state what the log holds and the state does not, every entry's checksums and the
/// chain verified. Errors: corrupt (a damaged entry, or a state that is not this log's),
/// lost_events (the state is ahead of the log), io.
result<void> catch_up(const log_storage& log, const ordered_tables& state);

} // namespace aiex
