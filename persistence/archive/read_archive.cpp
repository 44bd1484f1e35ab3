// Tested by tests/persistence/archive/archive_reader_test.cpp
#include "aiex/persistence/archive/read_archive.hpp"

#include "aiex/persistence/codec/bytes.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

/// The entries of one archive, one frame after another.
class archived_entries {
public:
  explicit archived_entries(const archive_manifest& manifest)
      : manifest_(manifest), chain_(manifest.after) {
    progress_.entries_total = manifest.entries();
  }

  result<void> take(const archive_frame& frame, archived_entry_function each) {
    bytes_reader read{frame.plain};
    while (read.remaining() > 0) {
      const std::string_view bytes = read.text();
      if (!read.ok())
        return broken(fmt::format("frame {} does not hold whole entries", frame.number));
      const auto entry = chain_.take(bytes);
      if (!entry)
        return tl::unexpected(entry.error());
      ++progress_.entries;
      progress_.bytes += bytes.size();
      if (auto taken = each(*entry, bytes); !taken)
        return taken;
    }
    return {};
  }

  result<void> finish(const archive_summary& summary) const {
    if (chain_.end() != manifest_.up_to)
      return broken(fmt::format("its entries end at index {} and position {}, its manifest says {} "
                                "and {}, or they end with another digest",
        chain_.end().index, chain_.end().position.value, manifest_.up_to.index,
        manifest_.up_to.position.value));
    if (summary.entries != progress_.entries || summary.entry_bytes != progress_.bytes)
      return broken("its summary does not fit its entries");
    return {};
  }

  const archive_progress& progress() const noexcept { return progress_; }
  position next() const noexcept { return chain_.end().position.next(); }

private:
  static tl::unexpected<error> broken(std::string what) {
    return fail(errc::corrupt, "the archive is not as it was written: " + std::move(what));
  }

  const archive_manifest& manifest_;
  entry_chain chain_;
  archive_progress progress_;
};

result<void> read_all(archive_reader& reader, archived_entries& entries,
  archived_entry_function each, archive_progress_function progress) {
  for (;;) {
    const auto frame = reader.next();
    if (!frame)
      return tl::unexpected(frame.error());
    if (!*frame)
      return entries.finish(reader.summary());
    if (auto taken = entries.take(**frame, each); !taken)
      return taken;
    if (!progress(entries.progress()))
      return fail(errc::stopped, "stopped as told");
  }
}

} // namespace

result<checked_archive> read_archive(const std::filesystem::path& file,
  archived_entry_function each, archive_progress_function progress) {
  auto reader = archive_reader::open(file);
  if (!reader)
    return tl::unexpected(std::move(reader.error()));
  archived_entries entries{reader->manifest()};
  if (auto read = read_all(*reader, entries, each, progress); !read) {
    error why = std::move(read.error());
    if (why.actual == 0 && (why.code == errc::corrupt || why.code == errc::checksum_mismatch))
      why.actual = entries.next().value;
    return tl::unexpected(std::move(why));
  }
  return checked_archive{reader->manifest(), reader->summary()};
}

result<checked_archive> check_archive(
  const std::filesystem::path& file, archive_progress_function progress) {
  return read_archive(
    file, [](const entry_view&, std::string_view) { return result<void>{}; }, progress);
}

} // namespace aiex
