#include "aiex/persistence/archive/backup.hpp"

#include "aiex/persistence/archive/archive_writer.hpp"
#include "aiex/persistence/base/limits.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

/// Reads entries behind the chain's end until a frame of them was read. Within the snapshot they
/// are only verified and copied.
result<std::uint64_t> read_step(const log_storage& log, const chain_end& head, entry_chain& chain,
  std::vector<std::string>& into) {
  std::uint64_t bytes = 0;
  result<void> sound;
  auto read = log.read(chain.end().index + 1, direction::ascending, [&](const log_record& record) {
    if (chain.end().index == head.index || bytes >= limits::archive_frame_bytes)
      return false;
    const auto entry = chain.take(record.bytes);
    if (!entry) {
      sound = tl::unexpected(entry.error());
      return false;
    }
    into.emplace_back(record.bytes);
    bytes += record.bytes.size();
    return true;
  });
  if (read && !sound)
    read = std::move(sound);
  if (!read)
    return tl::unexpected(std::move(read.error()));
  return bytes;
}

result<void> copy_entries(const log_storage& log, const chain_end& head, archive_writer& out,
  archive_progress_function progress) {
  entry_chain chain;
  archive_progress so_far{.entries_total = head.index};
  std::vector<std::string> entries;
  while (chain.end().index < head.index) {
    entries.clear();
    const auto bytes = read_step(log, head, chain, entries);
    if (!bytes)
      return tl::unexpected(bytes.error());
    if (entries.empty())
      return fail(errc::corrupt,
        fmt::format(
          "the log ends behind entry {}, but has to have {}", chain.end().index, head.index),
        chain.end().position.next().value);
    for (const std::string& entry : entries)
      if (auto added = out.add_entry(entry); !added)
        return added;
    so_far.entries = chain.end().index;
    so_far.bytes += *bytes;
    if (!progress(so_far))
      return fail(errc::stopped, "the backup was stopped as told");
  }
  if (chain.end() != head)
    return fail(errc::corrupt,
      fmt::format("entry {} of the log is not the one that the state has applied", head.index),
      head.position.value);
  return {};
}

} // namespace

result<checked_archive> backup(const log_storage& log, const chain_end& head,
  const backup_options& options, archive_progress_function progress) {
  const archive_manifest manifest{.store = options.store,
    .history = options.history,
    .node = options.node,
    .created_at = options.created_at,
    .zstd_level = options.zstd_level,
    .after = {},
    .up_to = head};
  auto out = archive_writer::create(options.file, manifest);
  if (!out)
    return tl::unexpected(std::move(out.error()));
  if (auto copied = copy_entries(log, head, *out, progress); !copied)
    return tl::unexpected(std::move(copied.error()));
  const auto summary = out->finish();
  if (!summary)
    return tl::unexpected(summary.error());
  return checked_archive{manifest, *summary};
}

} // namespace aiex
