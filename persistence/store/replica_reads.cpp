#include "aiex/persistence/store/replica_reads.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiex {

result<consensus::entry> read_entry(const log_storage& log, std::uint64_t index) {
  result<consensus::entry> made =
    fail(errc::corrupt, fmt::format("entry {} is not in the log", index));
  sha256 hash;
  auto read = log.read(index, direction::ascending, [&](const log_record& record) {
    if (record.index != index)
      return false;
    if (const auto entry = entry_view::parse(record.bytes, index); !entry)
      made = tl::unexpected(entry.error());
    else
      made = consensus::entry_of(std::make_shared<const std::string>(record.bytes), hash);
    return false;
  });
  if (!read)
    return tl::unexpected(std::move(read.error()));
  if (made && made->place.index != index)
    return fail(errc::corrupt, fmt::format("entry {} is not where it belongs", index));
  return made;
}

result<consensus::entries_read> read_entries(
  const log_storage& log, const consensus::read_job& asked) {
  consensus::entries_read made{asked, {}, {}, 0};
  std::size_t bytes = 0;
  for (std::uint64_t index = asked.from > 1 ? asked.from - 1 : asked.from; index <= asked.to;
       ++index) {
    auto entry = read_entry(log, index);
    if (!entry && entry.error().code == errc::io)
      return tl::unexpected(std::move(entry.error()));
    if (!entry) {
      made.damaged = index;
      return made;
    }
    if (index < asked.from) {
      made.previous = entry->place;
      continue;
    }
    bytes += entry->size();
    if (!made.entries.empty() && bytes > asked.bytes_max)
      return made;
    made.entries.push_back(std::move(*entry));
  }
  return made;
}

namespace {

/// Nothing: it cannot be read. Errors: io.
result<std::optional<consensus::entry>> find_entry(const log_storage& log, std::uint64_t index) {
  auto found = read_entry(log, index);
  if (found)
    return std::move(*found);
  return found.error().code == errc::io ? tl::unexpected(std::move(found.error()))
                                        : result<std::optional<consensus::entry>>{std::nullopt};
}

entry_header header_of(const consensus::entry& what) {
  return entry_view::parse(*what.bytes)->header();
}

} // namespace

result<bool> fits_in(
  const log_storage& log, const chain_end& applied, const consensus::repair_job& job) {
  const std::uint64_t index = job.what.place.index;
  const auto end = end_behind(job.what);
  if (!end)
    return false;
  if (applied.index == index)
    return *end == applied;
  const auto next = find_entry(log, index + 1);
  if (!next)
    return tl::unexpected(next.error());
  if (*next)
    return check_follows(*end, header_of(**next)).has_value();
  if (!job.is_certain)
    return false;
  if (index == 1)
    return check_follows({}, header_of(job.what)).has_value();
  const auto before = find_entry(log, index - 1);
  if (!before)
    return tl::unexpected(before.error());
  return !*before || check_follows(*end_behind(**before), header_of(job.what)).has_value();
}

result<chain_end> end_behind(const consensus::entry& what) {
  const auto view = entry_view::parse(*what.bytes);
  if (!view)
    return tl::unexpected(view.error());
  sha256 hash;
  const entry_header& header = view->header();
  return chain_end{
    header.index, view->chain_digest(hash), {header.next_position().value - 1}, header.recorded_at};
}

} // namespace aiex
