// Answers queries from state and log, page by page.
#pragma once

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/log/event_batch.hpp"
#include "aiex/persistence/state/query.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/storage/log_storage.hpp"

#include <cstddef>
#include <memory>
#include <optional>

namespace aiex {

/// Where a page ends, whichever comes first. At least one event is read.
struct page_limits {
  std::size_t events = limits::events_per_page_max;
  std::size_t bytes = limits::bytes_per_page_max;
  std::size_t examined = limits::events_examined_per_page_max; ///< Also those that do not match.
};

struct event_page {
  event_batch events;
  /// Asks for what follows; nothing: there was no more when this page was read.
  std::optional<query> rest;
};
using shared_page = std::shared_ptr<const event_page>;

/// One page of what `asked` matches, in its order. Only what is answered is loaded. A page may be
/// empty and have a rest. Errors: corrupt (the answer holds nothing then), io. Throws what the
/// tables throw. Any thread.
result<event_page> read_page(
  const table_reader& tables, const log_storage& log, const query& asked, page_limits limits = {});

struct counted_page {
  std::uint64_t count = 0;
  std::optional<query> rest;
};

/// The same without the events: counts what matches, headers only.
result<counted_page> count_page(
  const table_reader& tables, const log_storage& log, const query& asked, page_limits limits = {});

} // namespace aiex
