#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/function_ref.hpp"
#include "aiex/persistence/log/entry.hpp"
#include "aiex/persistence/storage/log_storage.hpp"

#include <cstdint>

namespace aiex {

/// Calls `each` with the entry at `index`. Errors: corrupt, also if it is not there.
result<void> with_entry(
  const log_storage& log, std::uint64_t index, function_ref<result<void>(const entry_view&)> each);

} // namespace aiex
