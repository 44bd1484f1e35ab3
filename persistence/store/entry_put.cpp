#include "aiex/persistence/store/entry_put.hpp"

#include "aiex/persistence/base/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace aiex {

error no_room_for_append() {
  return {errc::store_full,
    "append refused: the disk or the map of the store is nearly full. Nothing was written and "
    "reads go on; make room and repeat it",
    0};
}

namespace {

result<void> check_room(const store_media& media, std::size_t bytes) {
  const std::uint64_t free = std::min(media.bytes_free(), media.state.bytes_free());
  if (free >= limits::bytes_kept_free + 2 * bytes)
    return {};
  return tl::unexpected(no_room_for_append());
}

result<void> append_synced(const log_storage& log, std::span<const consensus::entry> entries) {
  std::vector<log_record> records;
  records.reserve(entries.size());
  for (const consensus::entry& each : entries)
    records.push_back({each.place.index, *each.bytes});
  if (auto appended = log.append(records); !appended)
    return appended;
  return log.sync();
}

/// Answers where the state ends then.
result<chain_end> put_in_state(
  table_writer& tables, const entry_view& entry, found_streams streams) {
  sha256 hash;
  if (auto applied = apply(tables, entry, hash, std::move(streams)); !applied)
    return tl::unexpected(std::move(applied.error()));
  return head_of(tables);
}

} // namespace

result<void> put_in_log(const store_media& media, std::span<const consensus::entry> entries) {
  std::size_t bytes = 0;
  for (const consensus::entry& each : entries)
    bytes += each.size();
  if (auto room = check_room(media, bytes); !room)
    return room;
  return append_synced(media.log, entries);
}

result<chain_end> put_in_both(
  const store_media& media, const consensus::entry& entry, found_streams streams) {
  if (auto room = check_room(media, entry.size()); !room)
    return tl::unexpected(std::move(room.error()));
  const auto view = entry_view::parse(*entry.bytes);
  if (!view)
    return tl::unexpected(view.error());
  const run_both in_turn = one_after_the_other();
  const run_both& both = view->header().event_count < events_beside_from ? in_turn : media.beside;
  std::optional<result<void>> logged;
  result<chain_end> end;
  auto committed =
    media.state.write(durability::unsynced, [&](table_writer& tables) -> result<void> {
      both([&] { end = put_in_state(tables, *view, std::move(streams)); },
        [&] {
          logged = append_synced(media.log, {&entry, 1});
        });
      if (!*logged)
        return *logged;
      return end ? result<void>{} : tl::unexpected(end.error());
    });
  if (committed)
    return end;
  if (!logged || !*logged)
    return tl::unexpected(std::move(committed.error()));
  return fail(errc::io,
    fmt::format("the events are in the log, but the state cannot be written: {}. The next start "
                "brings it up to the log",
      committed.error().message));
}

} // namespace aiex
