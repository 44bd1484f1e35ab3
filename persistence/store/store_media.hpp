#pragma once

#include "aiex/persistence/storage/log_storage.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"
#include "aiex/persistence/storage/term_storage.hpp"
#include "aiex/persistence/store/side_by_side.hpp"

#include <cstdint>
#include <functional>

namespace aiex {

/// What a store stands on: files in production, memory in tests and in the simulator.
struct store_media {
  log_storage log;
  ordered_tables state;
  std::function<std::uint64_t()> bytes_free; ///< Room for the log.
  run_both beside = one_after_the_other();   ///< Runs the log's sync and what goes on meanwhile.
  term_storage term = no_term_storage();     ///< Without one the store stays alone.
};

} // namespace aiex
