#include "aiex/persistence/archive/backup.hpp"

#include "support/store_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <vector>

namespace aiex {
namespace {

using test::append_events;
using test::at_us;
using test::id_of;
using test::keep_going;

struct world {
  test::temporary_folder folder;
  test::memory_media media;
  event_store store = opened(media);

  static event_store opened(test::memory_media& media) {
    auto made = event_store::open(media.media());
    REQUIRE(made);
    return std::move(*made);
  }

  std::filesystem::path file() const { return folder.path() / "backup"; }
  backup_options options(int level = 3) const {
    return {.file = file(),
      .store = id_of(1),
      .history = id_of(2),
      .node = "node1",
      .created_at = at_us(9),
      .zstd_level = level};
  }
};

TEST_CASE("backup: an archive holds the log's entries, byte for byte, whatever the level") {
  for (const int level : {0, 1, 19}) {
    CAPTURE(level);
    world made;
    append_events(made.store, 1, 40);
    const auto backed_up =
      backup(made.media.log.storage(), *made.store.head(), made.options(level), keep_going);
    REQUIRE(backed_up);

    std::vector<std::string> entries;
    const auto read = read_archive(
      made.file(),
      [&](const entry_view&, std::string_view bytes) {
        entries.emplace_back(bytes);
        return result<void>{};
      },
      keep_going);
    REQUIRE(read);
    CHECK(read->manifest == backed_up->manifest);
    CHECK(read->summary == backed_up->summary);
    CHECK(read->manifest.store == id_of(1));
    CHECK(read->manifest.history == id_of(2));
    CHECK(read->manifest.node == "node1");
    CHECK(read->manifest.created_at == at_us(9));
    CHECK(read->manifest.zstd_level == level);
    CHECK(read->manifest.up_to == *made.store.head());
    CHECK(read->summary.entries == 40);

    std::vector<std::string> log;
    REQUIRE(made.media.log.storage().read(1, direction::ascending, [&](const log_record& record) {
      log.emplace_back(record.bytes);
      return true;
    }));
    CHECK(entries == log);
  }
}

TEST_CASE("backup: it ends where the log stood when it began, though writes go on") {
  world made;
  append_events(made.store, 1, 700); // some frames
  std::uint64_t steps = 0;
  std::uint64_t next = 701;
  const auto write_on = [&](const archive_progress& so_far) {
    CHECK(so_far.entries_total == 700);
    append_events(made.store, next, next);
    ++next;
    ++steps;
    return true;
  };
  append_events(made.store, 700, 700); // repeated: nothing new
  REQUIRE(backup(made.media.log.storage(), *made.store.head(), made.options(), write_on));
  CHECK(steps >= 1);
  CHECK(made.store.head()->position.value == 700 + steps);
  const auto checked = check_archive(made.file(), keep_going);
  REQUIRE(checked);
  CHECK(checked->manifest.up_to.position == position{700});
  CHECK(checked->summary.entries == 700);
}

TEST_CASE("backup: an empty log makes an archive of nothing") {
  world made;
  REQUIRE(backup(made.media.log.storage(), {}, made.options(), keep_going));
  const auto checked = check_archive(made.file(), keep_going);
  REQUIRE(checked);
  CHECK(checked->summary.entries == 0);
  CHECK(checked->manifest.events() == 0);
}

TEST_CASE("backup: what fails leaves no file") {
  struct example {
    const char* name;
    errc expected;
    std::uint64_t actual;
    result<checked_archive> (*run)(world&);
  };
  const example table[] = {
    {"a damaged entry is found here, not in the archive", errc::corrupt, 7,
      [](world& in) {
        in.media.log.flip_bit(7, 4'000);
        return backup(in.media.log.storage(), *in.store.head(), in.options(), keep_going);
      }},
    {"a log that ends too early", errc::corrupt, 11,
      [](world& in) {
        auto head = *in.store.head();
        head.index = 11;
        return backup(in.media.log.storage(), head, in.options(), keep_going);
      }},
    {"a head of another log", errc::corrupt, 10,
      [](world& in) {
        auto head = *in.store.head();
        head.chain[0] ^= 1;
        return backup(in.media.log.storage(), head, in.options(), keep_going);
      }},
    {"told to stop", errc::stopped, 0,
      [](world& in) {
        return backup(in.media.log.storage(), *in.store.head(), in.options(),
          [](const archive_progress&) { return false; });
      }},
    {"no such level", errc::invalid_argument, 0,
      [](world& in) {
        return backup(in.media.log.storage(), *in.store.head(), in.options(20), keep_going);
      }},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    world made;
    for (std::uint64_t i = 1; i <= 10; ++i) {
      const auto request =
        test::one("a", {.id = id_of(i), .type = "t", .data = '"' + std::string(400, 'x') + '"'});
      const append_request* const all[] = {&request};
      REQUIRE(made.store.append(all, at_us(1)).front());
    }
    const auto failed = row.run(made);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == row.expected);
    CHECK(failed.error().actual == row.actual);
    CHECK(std::filesystem::is_empty(made.folder.path()));
  }
}

TEST_CASE("backup: it never overwrites a file, and takes over what a crash left") {
  world made;
  append_events(made.store, 1, 3);
  test::write_bytes(made.file().string() + ".new", "half of one, longer than what follows");
  REQUIRE(backup(made.media.log.storage(), *made.store.head(), made.options(), keep_going));
  REQUIRE(check_archive(made.file(), keep_going));
  const std::string before = test::bytes_of(made.file());
  const auto again =
    backup(made.media.log.storage(), *made.store.head(), made.options(), keep_going);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == errc::already_exists);
  CHECK(test::bytes_of(made.file()) == before);
}

} // namespace
} // namespace aiex
