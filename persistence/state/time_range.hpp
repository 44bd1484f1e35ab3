#pragma once

#include "aiex/persistence/state/query.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/storage/log_storage.hpp"

namespace aiex {

/// Turns `since` and `until` into bounds on the position: the log is in time order, so two binary
/// searches do, and time needs no index. An `until` that is not yet over stays a condition.
result<query> narrow_to_time(const table_reader& tables, const log_storage& log, query asked);

} // namespace aiex
