#include "aiex/persistence/store/entry_commit.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/state/with_entry.hpp"
#include "aiex/persistence/store/recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace aiex {

namespace {

result<chain_end> end_of(const log_storage& log) {
  chain_end end;
  const auto last = last_index(log);
  if (!last)
    return tl::unexpected(last.error());
  if (*last == 0)
    return end;
  auto read = with_entry(log, *last, [&](const entry_view& entry) -> result<void> {
    const entry_header& header = entry.header();
    sha256 hash;
    end = {header.index, entry.chain_digest(hash), {header.next_position().value - 1},
      header.recorded_at};
    return {};
  });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return end;
}

bool has_room_for(const store_media& media, std::size_t bytes) {
  const std::uint64_t free = std::min(media.bytes_free(), media.state.bytes_free());
  return free >= limits::bytes_kept_free + 2 * bytes;
}

result<void> put_in_log(const log_storage& log, std::uint64_t index, std::string_view entry) {
  const log_record record{index, entry};
  if (auto appended = log.append({&record, 1}); !appended)
    return appended;
  return log.sync();
}

/// Answers where the state ends then.
result<chain_end> put_in_state(
  table_writer& tables, std::string_view entry, found_streams streams) {
  const auto view = entry_view::parse(entry);
  if (!view)
    return tl::unexpected(view.error());
  sha256 hash;
  if (auto applied = apply(tables, *view, hash, std::move(streams)); !applied)
    return tl::unexpected(std::move(applied.error()));
  return head_of(tables);
}

} // namespace

result<entry_commit> entry_commit::behind(const store_media& media) {
  const auto end = end_of(media.log);
  if (!end)
    return tl::unexpected(end.error());
  entry_commit made{*end};
  result<void> same;
  auto read = media.state.read([&](const table_reader& tables) { same = made.check(tables); });
  if (!read || !same)
    return tl::unexpected(read ? same.error() : read.error());
  return made;
}

result<void> entry_commit::check(const table_reader& tables) {
  try {
    if (head_of(tables) == end_)
      return {};
  } catch (const storage_failure&) { // it cannot even be read
  }
  failure_ = error{errc::corrupt,
    fmt::format("the state is damaged: it does not end where the log does, with entry {}. It is "
                "rebuilt from the log at the next start",
      end_.index),
    end_.position.value};
  return tl::unexpected(*failure_);
}

result<void> entry_commit::put(
  const store_media& media, const std::string& entry, std::size_t events, found_streams streams) {
  if (failure_)
    return tl::unexpected(*failure_);
  if (!has_room_for(media, entry.size()))
    return fail(errc::store_full,
      "append refused: the disk or the map of the store is nearly full. Nothing was written and "
      "reads go on; make room and repeat it");
  const run_both in_turn = one_after_the_other();
  const run_both& both = events < events_beside_from ? in_turn : media.beside;
  std::optional<result<void>> logged;
  result<chain_end> end;
  const auto write_log = [&] { logged = put_in_log(media.log, end_.index + 1, entry); };
  auto committed =
    media.state.write(durability::unsynced, [&](table_writer& tables) -> result<void> {
      both([&] { end = put_in_state(tables, entry, std::move(streams)); }, write_log);
      if (!*logged)
        return *logged;
      return end ? result<void>{} : tl::unexpected(end.error());
    });
  if (committed) {
    end_ = *end;
    return {};
  }
  error why = committed.error();
  const bool is_in_log = logged && *logged;
  if (!is_in_log && why.code == errc::store_full) // nothing was written
    return committed;
  if (is_in_log)
    why = {errc::io,
      fmt::format("the events are in the log, but the state cannot be written: {}. The next start "
                  "brings it up to the log",
        why.message),
      0};
  failure_ = why;
  return tl::unexpected(std::move(why));
}

} // namespace aiex
