#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/storage/log_storage.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"

namespace aiex {

/// Index of the last entry of the log, 0 if it has none.
result<std::uint64_t> last_index(const log_storage& log);

/// Applies to the state what the log holds and the state does not, every entry's checksums and the
/// chain verified. Errors: corrupt (a damaged entry, or a state that is not this log's),
/// lost_events (the state is ahead of the log), io.
result<void> catch_up(const log_storage& log, const ordered_tables& state);

} // namespace aiex
