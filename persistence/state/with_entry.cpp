// Tested by tests/persistence/state/reader_test.cpp
#include "aiex/persistence/state/with_entry.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace aiex {

result<void> with_entry(
  const log_storage& log, std::uint64_t index, function_ref<result<void>(const entry_view&)> each) {
  std::optional<result<void>> answer;
  auto read = log.read(index, direction::ascending, [&](const log_record& record) {
    if (record.index != index)
      return false;
    const auto entry = entry_view::parse(record.bytes, index);
    if (!entry)
      answer = tl::unexpected(entry.error());
    else if (entry->header().index == index)
      answer = each(*entry);
    return false;
  });
  if (!read)
    return read;
  if (!answer)
    return fail(
      errc::corrupt, fmt::format("entry {} is not in the log, but the state knows it", index));
  return std::move(*answer);
}

} // namespace aiex
