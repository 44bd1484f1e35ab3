// Tested by tests/persistence/state/reader_test.cpp
#include "aiex/persistence/state/time_range.hpp"

#include "aiex/persistence/state/with_entry.hpp"

#include <algorithm>

namespace aiex {

namespace {

/// The first position whose event satisfies `is_late`, which holds from some time on; beyond the
/// head if there is none.
template <class IsLate>
result<position> first_late(
  const table_reader& tables, const log_storage& log, const IsLate& is_late) {
  position low{1};
  position high = head_of(tables).position.next();
  while (low < high) {
    const position middle{low.value + (high.value - low.value) / 2};
    const auto place = find_place(tables, middle);
    if (!place)
      return fail(errc::corrupt, "the state has no place for a position", middle.value);
    auto looked = with_entry(log, place->index, [&](const entry_view& entry) -> result<void> {
      const entry_header& header = entry.header();
      if (is_late(header.recorded_at))
        high = header.first_position;
      else
        low = header.next_position();
      return {};
    });
    if (!looked)
      return tl::unexpected(std::move(looked.error()));
  }
  return low;
}

} // namespace

result<query> narrow_to_time(const table_reader& tables, const log_storage& log, query asked) {
  if (asked.since) {
    const auto first = first_late(tables, log, [&](timestamp at) { return at >= *asked.since; });
    if (!first)
      return tl::unexpected(first.error());
    asked.after = std::max(asked.after, position{first->value - 1});
    asked.since.reset();
  }
  if (asked.until && *asked.until < head_of(tables).recorded_at) {
    const auto beyond = first_late(tables, log, [&](timestamp at) { return at > *asked.until; });
    if (!beyond)
      return tl::unexpected(beyond.error());
    asked.up_to = std::min(asked.up_to, position{beyond->value - 1});
    asked.until.reset();
  }
  return asked;
}

} // namespace aiex
