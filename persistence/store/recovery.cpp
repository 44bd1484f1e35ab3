// Tested by tests/persistence/store/event_store_test.cpp
#include "aiex/persistence/store/recovery.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/state/with_entry.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

tl::unexpected<error> another_log(const state_head& head) {
  return fail(errc::corrupt,
    fmt::format(
      "the state is damaged, or follows another log than this one (entry {})", head.index));
}

tl::unexpected<error> not_there(std::uint64_t index) {
  return fail(errc::corrupt, fmt::format("entry {} is not in the log", index));
}

/// How many rows of the state an entry asks for, at most: one in each table, and those of the
/// index.
std::uint64_t rows_of(const entry_view& entry) {
  constexpr std::uint64_t rows_without_tags = 7;
  std::uint64_t rows = 0;
  for (std::uint32_t ordinal = 0; ordinal < entry.header().event_count; ++ordinal)
    if (const auto header = entry.header_of(ordinal)) { // else it is not applied
      rows += rows_without_tags;
      for ([[maybe_unused]] const std::string_view tag : header->event.tags)
        ++rows;
    }
  return rows;
}

} // namespace

result<std::uint64_t> last_index(const log_storage& log) {
  std::uint64_t last = 0;
  auto read = log.read(std::numeric_limits<std::uint64_t>::max(), direction::descending,
    [&](const log_record& record) {
      last = record.index;
      return false;
    });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return last;
}

result<state_head> read_head(const ordered_tables& state) {
  state_head head;
  auto read = state.read([&](const table_reader& tables) { head = head_of(tables); });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return head;
}

result<void> check_same_log(const log_storage& log, const state_head& head) {
  if (head.index == 0)
    return head == state_head{} ? result<void>{} : another_log(head);
  sha256 hash;
  return with_entry(log, head.index, [&](const entry_view& entry) -> result<void> {
    const entry_header& header = entry.header();
    const state_head in_log{header.index, entry.chain_digest(hash),
      {header.next_position().value - 1}, header.recorded_at};
    return head == in_log ? result<void>{} : another_log(head);
  });
}

/// Each row may stand on a page of its own, and a transaction's pages have a bound. One large entry
/// is applied alone.
result<void> apply_step(
  const log_storage& log, const ordered_tables& state, std::uint64_t from, std::uint64_t up_to) {
  sha256 hash;
  return state.write(durability::unsynced, [&](table_writer& tables) -> result<void> {
    std::uint64_t rows = 0;
    std::uint64_t next = from;
    result<void> applied = not_there(from);
    auto read = log.read(from, direction::ascending, [&](const log_record& record) {
      if (record.index > up_to)
        return false;
      const auto entry = entry_view::parse(record.bytes, record.index);
      result<void> sound = entry ? entry->verify(hash) : tl::unexpected(entry.error());
      if (record.index != next)
        sound = not_there(next);
      const std::uint64_t more_rows = sound ? rows_of(*entry) : 0;
      if (next != from && (!sound || rows + more_rows > limits::rows_per_recovery_step))
        return false; // the next step begins with it
      applied = sound ? apply(tables, *entry, hash) : sound;
      rows += more_rows;
      ++next;
      return applied.has_value();
    });
    return read ? applied : read;
  });
}

result<void> catch_up(const log_storage& log, const ordered_tables& state) {
  const auto last = last_index(log);
  if (!last)
    return tl::unexpected(last.error());
  for (;;) {
    const auto head = read_head(state);
    if (!head)
      return tl::unexpected(head.error());
    if (head->index > *last)
      return fail(errc::lost_events,
        fmt::format("the log ends at entry {}, but the state has applied entry {}: acknowledged "
                    "events are missing from the log. Restore it from a backup",
          *last, head->index),
        head->position.value);
    if (auto same = check_same_log(log, *head); !same)
      return same;
    if (head->index == *last)
      return {};
    if (auto applied = apply_step(log, state, head->index + 1, *last); !applied)
      return applied;
  }
}

} // namespace aiex
