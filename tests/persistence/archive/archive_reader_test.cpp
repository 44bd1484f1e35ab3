#include "aiex/persistence/archive/archive_reader.hpp"
#include "aiex/persistence/archive/archive_writer.hpp"
#include "aiex/persistence/archive/read_archive.hpp"
#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/bytes.hpp"

#include "support/store_folder.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

namespace aiex {
namespace {

archive_manifest sample() {
  return {.store = test::id_of(1), .history = test::id_of(2), .node = "node1", .zstd_level = 3};
}

struct frame_seen {
  frame_kind kind;
  std::string plain;
  bool operator==(const frame_seen&) const = default;
};

/// All frames behind the manifest, or why not.
result<std::vector<frame_seen>> frames_of(const std::filesystem::path& file) {
  auto reader = archive_reader::open(file);
  if (!reader)
    return tl::unexpected(reader.error());
  std::vector<frame_seen> all;
  for (;;) {
    const auto frame = reader->next();
    if (!frame)
      return tl::unexpected(frame.error());
    if (!*frame)
      return all;
    all.push_back({(*frame)->kind, std::string{(*frame)->plain}});
  }
}

TEST_CASE("archive: entries are gathered into frames, a large one has a frame of its own") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "a";
  auto out = archive_writer::create(file, sample());
  REQUIRE(out);
  const std::string small(400 << 10, 's');
  const std::string large(limits::entry_bytes_max, 'l');
  for (const std::string& entry : {small, small, small, large, small})
    REQUIRE(out->add_entry(entry));
  CHECK_FALSE(std::filesystem::exists(file));
  const auto summary = out->finish();
  REQUIRE(summary);
  CHECK(summary->frames == 5); // the manifest, two small ones, one, the large one, one
  CHECK(summary->entries == 5);
  CHECK(summary->entry_bytes == 4 * small.size() + large.size());
  CHECK(summary->stored_bytes < summary->plain_bytes / 100);
  CHECK(std::filesystem::file_size(file) < 20'000);

  const auto frames = frames_of(file);
  REQUIRE(frames);
  REQUIRE(frames->size() == 4);
  CHECK(frames->at(0).plain.size() == 2 * (small.size() + 3));
  CHECK(frames->at(2).plain.size() == large.size() + 4);
}

TEST_CASE("archive: a kind that is not known is skipped or refused, as its number says") {
  const test::temporary_folder folder;
  for (const int kind : {4, 127, 128, 255}) {
    CAPTURE(kind);
    const auto file = folder.path() / std::to_string(kind);
    auto out = archive_writer::create(file, sample());
    REQUIRE(out);
    REQUIRE(out->add_frame(static_cast<frame_kind>(kind), "something of tomorrow"));
    REQUIRE(out->finish());
    const auto frames = frames_of(file);
    CHECK(frames.has_value() == (kind >= 128));
    if (!frames)
      CHECK(frames.error().code == errc::unknown_version);
  }
}

/// Frames written by hand, with digests that are right.
class forged_archive {
public:
  explicit forged_archive(std::uint32_t format = archive_layout::format) {
    bytes_writer write{bytes_};
    write.raw(archive_layout::magic);
    write.u32(format);
    write.u32(0);
    whole_.update(bytes_);
  }

  forged_archive& frame(int kind, int encoding, std::uint32_t number, std::string_view stored,
    std::size_t plain_bytes) {
    std::string header;
    bytes_writer write{header};
    write.u8(static_cast<std::uint8_t>(kind));
    write.u8(static_cast<std::uint8_t>(encoding));
    write.u16(0);
    write.u32(number);
    write.u32(static_cast<std::uint32_t>(plain_bytes));
    write.u32(static_cast<std::uint32_t>(stored.size()));
    hash_.update(header);
    hash_.update(stored);
    write.raw(view(hash_.finish()));
    whole_.update(header);
    bytes_ += header;
    bytes_ += stored;
    return *this;
  }
  forged_archive& plain(int kind, std::uint32_t number, std::string_view stored) {
    return frame(kind, 1, number, stored, stored.size());
  }
  forged_archive& manifest() { return plain(1, 1, to_bytes(sample())); }
  forged_archive& summary(std::uint32_t number, const archive_summary& said) {
    return plain(3, number, to_bytes(said));
  }

  std::string finish() {
    bytes_ += view(whole_.finish());
    return bytes_;
  }

private:
  sha256 hash_;
  sha256 whole_;
  std::string bytes_;
};

TEST_CASE("archive: digests that are right do not make a forgery an archive") {
  const std::uint64_t manifest_bytes = to_bytes(sample()).size();
  const archive_summary nothing{1, 0, 0, manifest_bytes, manifest_bytes};
  struct example {
    const char* name;
    std::string bytes;
    std::optional<errc> expected;
  };
  std::string zstd;
  zstd_compressor{3}.compress(std::string(1'000, 'x'), zstd);
  const example table[] = {
    {"an empty one", forged_archive{}.manifest().summary(2, nothing).finish(), std::nullopt},
    {"a newer format", forged_archive{2}.manifest().summary(2, nothing).finish(),
      errc::unknown_version},
    {"no manifest", forged_archive{}.plain(2, 1, "").summary(2, nothing).finish(), errc::corrupt},
    {"two manifests",
      forged_archive{}.manifest().plain(1, 2, to_bytes(sample())).summary(3, nothing).finish(),
      errc::corrupt},
    {"a frame left out", forged_archive{}.manifest().summary(3, nothing).finish(), errc::corrupt},
    {"a summary of something else", forged_archive{}.manifest().summary(2, {}).finish(),
      errc::corrupt},
    {"a summary that is none", forged_archive{}.manifest().plain(3, 2, "x").finish(),
      errc::corrupt},
    {"no end", forged_archive{}.manifest().finish(), errc::corrupt},
    {"something behind the end", forged_archive{}.manifest().summary(2, nothing).finish() + "more",
      errc::corrupt},
    {"another length than it says", forged_archive{}.manifest().frame(2, 1, 2, "ab", 3).finish(),
      errc::corrupt},
    {"larger than any can be",
      forged_archive{}
        .manifest()
        .frame(2, 2, 2, "ab", limits::archive_frame_bytes_max + 1)
        .finish(),
      errc::checksum_mismatch},
    {"not zstd", forged_archive{}.manifest().frame(2, 2, 2, "ab", 3).finish(), errc::corrupt},
    {"zstd of another size", forged_archive{}.manifest().frame(2, 2, 2, zstd, 999).finish(),
      errc::corrupt},
    {"an encoding of tomorrow", forged_archive{}.manifest().frame(2, 3, 2, "ab", 3).finish(),
      errc::unknown_version},
    {"no archive", "something else that is long enough to be looked at", errc::corrupt},
    {"nothing", "", errc::corrupt},
  };
  const test::temporary_folder folder;
  for (const example& row : table) {
    CAPTURE(row.name);
    const auto file = folder.path() / "forged";
    test::write_bytes(file, row.bytes);
    const auto read = check_archive(file, test::keep_going);
    CHECK(read.has_value() == !row.expected.has_value());
    if (!read && row.expected)
      CHECK(read.error().code == *row.expected);
  }
}

TEST_CASE("archive: an entry too many, too few or not whole is found") {
  test::memory_media media;
  auto store = event_store::open(media.media());
  REQUIRE(store);
  test::append_events(*store, 1, 2);
  std::vector<std::string> entries;
  REQUIRE(media.log.storage().read(1, direction::ascending, [&](const log_record& record) {
    entries.emplace_back(record.bytes);
    return true;
  }));
  const chain_end head = *store->head();

  struct example {
    const char* name;
    std::vector<std::size_t> entries;
    std::uint64_t actual;
  };
  const example table[] = {
    {"one too few", {0}, 2},
    {"none", {}, 1},
    {"one twice", {0, 0, 1}, 1},
    {"turned around", {1, 0}, 2},
  };
  const test::temporary_folder folder;
  for (const example& row : table) {
    CAPTURE(row.name);
    const auto file = folder.path() / row.name;
    archive_manifest manifest = sample();
    manifest.up_to = head;
    auto out = archive_writer::create(file, manifest);
    REQUIRE(out);
    for (const std::size_t each : row.entries)
      REQUIRE(out->add_entry(entries[each]));
    REQUIRE(out->finish());
    const auto read = check_archive(file, test::keep_going);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::corrupt);
    CHECK(read.error().actual == row.actual);
  }

  auto out = archive_writer::create(folder.path() / "half", sample());
  REQUIRE(out);
  REQUIRE(out->add_frame(frame_kind::entries, "\x05half"));
  REQUIRE(out->finish());
  CHECK(check_archive(folder.path() / "half", test::keep_going).error().code == errc::corrupt);
}

// The file may shrink, grow or be anything: each length of it is answered with an error.
TEST_CASE("archive: cut short anywhere, it is not read as whole") {
  const test::temporary_folder folder;
  const auto file = folder.path() / "a";
  {
    auto store = test::open_store(folder.path() / "data");
    REQUIRE(store);
    test::append_events(*store->events(), 1, 3);
    REQUIRE(test::backup_of(*store, file));
  }
  const std::string whole = test::bytes_of(file);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    test::write_bytes(file, std::string_view{whole}.substr(0, length));
    const auto read = check_archive(file, test::keep_going);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::corrupt);
  }
}

// Every byte counts: the digests cover all of them, so none may change without an error.
TEST_CASE("archive: whichever byte flips, it is refused") {
  for (const int level : {0, 3}) {
    CAPTURE(level);
    const test::temporary_folder folder;
    const auto file = folder.path() / "a";
    {
      auto store = test::open_store(folder.path() / "data");
      REQUIRE(store);
      test::append_events(*store->events(), 1, 5);
      REQUIRE(test::backup_of(*store, file, level));
    }
    std::string bytes = test::bytes_of(file);
    std::mt19937_64 random{20'261'124};
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      CAPTURE(at);
      const char mask = static_cast<char>(1 + random() % 255);
      bytes[at] = static_cast<char>(bytes[at] ^ mask);
      test::write_bytes(file, bytes);
      const auto read = check_archive(file, test::keep_going);
      bytes[at] = static_cast<char>(bytes[at] ^ mask);
      REQUIRE_FALSE(read);
      const errc code = read.error().code;
      CHECK((code == errc::corrupt || code == errc::checksum_mismatch ||
             (code == errc::unknown_version && at < archive_layout::preamble_bytes)));
    }
    test::write_bytes(file, bytes);
    CHECK(check_archive(file, test::keep_going));
  }
}

} // namespace
} // namespace aiex
