// Tested by tests/persistence/store/event_store_test.cpp
#include "aiex/persistence/store/recovery.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/state/with_entry.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

result<state_head> read_head(const ordered_tables& state) {
  state_head head;
  auto read = state.read([&](const table_reader& tables) { head = head_of(tables); });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return head;
}

/// The entry that the state ends with must be the log's, digest for digest.
result<void> check_same_log(const log_storage& log, const state_head& head) {
  if (head.index == 0)
    return {};
  sha256 hash;
  return with_entry(log, head.index, [&](const entry_view& entry) -> result<void> {
    if (entry.chain_digest(hash) != head.chain)
      return fail(errc::corrupt,
        fmt::format("the state follows another log than this one (entry {})", head.index));
    return {};
  });
}

/// Applies entries in one transaction until it is large enough. Whether there is more.
result<bool> apply_step(const log_storage& log, const ordered_tables& state, std::uint64_t from) {
  bool is_more = false;
  sha256 hash;
  auto written = state.write(durability::unsynced, [&](table_writer& tables) -> result<void> {
    std::uint64_t events = 0;
    result<void> applied;
    auto read = log.read(from, direction::ascending, [&](const log_record& record) {
      if (events >= limits::events_per_recovery_step) {
        is_more = true;
        return false;
      }
      const auto entry = entry_view::parse(record.bytes);
      applied = entry ? entry->verify(hash) : tl::unexpected(entry.error());
      if (applied)
        applied = apply(tables, *entry, hash);
      if (applied)
        events += entry->header().event_count;
      return applied.has_value();
    });
    return read ? applied : read;
  });
  if (!written)
    return tl::unexpected(std::move(written.error()));
  return is_more;
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
    const auto is_more = apply_step(log, state, head->index + 1);
    if (!is_more)
      return tl::unexpected(is_more.error());
  }
}

} // namespace aiex
