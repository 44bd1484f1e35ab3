// Golden files: what a folder of format 1 holds, as the first program that wrote it did. Today's
// program has to read them and to write the same again.
//
// With AIEX_WRITE_GOLDEN set, these tests write the files in place of comparing them: once, for a
// new format, into a folder of its own. Those of a released format are never written again.
#include "aiex/persistence/archive/restore.hpp"
#include "aiex/persistence/storage/lmdb_log.hpp"
#include "aiex/persistence/store/data_folder.hpp"

#include "support/golden_v1.hpp"
#include "support/store_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace aiex {
namespace {

namespace fs = std::filesystem;
namespace v1 = test::golden_v1;

fs::path golden_file(const char* name) {
  return fs::path{AIEX_GOLDEN_FOLDER} / "v1" / name;
}

/// The golden file, which is `made` if there is to be a new one.
std::string golden(const char* name, std::string_view made) {
  if (std::getenv("AIEX_WRITE_GOLDEN") != nullptr)
    test::write_bytes(golden_file(name), made);
  return test::bytes_of(golden_file(name));
}

event_store opened(test::memory_media& media) {
  auto store = event_store::open(media.media());
  REQUIRE(store);
  return std::move(*store);
}

TEST_CASE("golden v1: the log and the state that follows from it are written as they were") {
  test::memory_media media;
  v1::fill(media);
  CHECK(golden("log.entries", v1::entries_of(media)) == v1::entries_of(media));
  const std::string state = v1::dump(media.state.storage(), state_tables::names);
  CHECK(golden("state.txt", state) == state);
}

TEST_CASE("golden v1: the log is read as it was") {
  test::memory_media media;
  v1::load_entries(media, golden("log.entries", [] {
    test::memory_media made;
    v1::fill(made);
    return v1::entries_of(made);
  }()));
  const event_store store = opened(media); // rebuilds the state
  const std::string events = v1::events_of(store);
  CHECK(golden("events.txt", events) == events);
  CHECK(store.head()->index == 3);
  CHECK(store.head()->position == position{6});
  const std::string state = v1::dump(media.state.storage(), state_tables::names);
  CHECK(golden("state.txt", state) == state);
  const auto command = store.command({test::id_of(100), 0x0123456789abcdef});
  REQUIRE(command);
  CHECK(command->value().parts.size() == 2);
}

// Another version of zstd may compress otherwise; everything but those bytes is the same.
TEST_CASE("golden v1: a compressed content is read as it was, and its entry has the same digest") {
  test::memory_media made;
  v1::fill_compressed(made);
  const event_store today = opened(made);
  test::memory_media media;
  v1::load_entries(media, golden("compressed.entries", v1::entries_of(made)));
  const event_store store = opened(media);
  const auto page = store.read({});
  REQUIRE(page);
  REQUIRE(page->events.size() == 1);
  CHECK(page->events[0].data == '"' + std::string(2'000, 'x') + '"');
  CHECK(*store.head() == *today.head());
}

TEST_CASE("golden v1: archives are written and read as they were") {
  const test::temporary_folder folder;
  test::memory_media media;
  v1::fill(media);
  const event_store store = opened(media);
  for (const int level : {0, 3}) {
    CAPTURE(level);
    const char* const name = level == 0 ? "plain.archive" : "zstd.archive";
    REQUIRE(backup(media.log.storage(), *store.head(),
      {.file = folder.path() / name,
        .store = test::id_of(1001),
        .history = test::id_of(1002),
        .node = "node1",
        .created_at = test::at_us(v1::first_us + 4'000'000),
        .zstd_level = level},
      test::keep_going));
    const std::string made = test::bytes_of(folder.path() / name);
    const std::string kept = golden(name, made);
    if (level == 0) // another version of zstd may compress otherwise
      CHECK(kept == made);

    const auto target = folder.path() / (std::string{name} + ".data");
    const auto restored = restore({.file = golden_file(name),
                                    .folder = target,
                                    .history = test::id_of(1003),
                                    .restored_at = test::at_us(v1::first_us + 5'000'000),
                                    .map_bytes = 256 << 20},
      test::keep_going);
    REQUIRE(restored);
    CHECK(restored->identity.store == test::id_of(1001));
    CHECK(restored->head == *store.head());
    const auto reopened = test::open_store(target);
    REQUIRE(reopened);
    CHECK(test::state_digest_of(*reopened) == *state_digest(media.state.storage()));
  }
}

TEST_CASE("golden v1: read models and snapshots are written and read as they were") {
  const ordered_tables made = memory_tables{}.storage();
  v1::fill_models(made);
  const std::string rows = v1::dump(made, model_table_names);
  const std::string kept = golden("models.txt", rows);
  CHECK(kept == rows);

  const ordered_tables tables = memory_tables{}.storage();
  std::istringstream lines{kept};
  REQUIRE(tables.write(durability::synced, [&](table_writer& write) -> result<void> {
    for (std::string name, key, value; lines >> name >> key;) {
      std::getline(lines, value);
      const auto bytes_from = [](std::string_view hex) {
        std::string bytes(hex.size() / 2, '\0');
        REQUIRE(from_hex(hex, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}));
        return bytes;
      };
      const auto table = std::find(model_table_names.begin(), model_table_names.end(), name);
      write.put(static_cast<table_id>(table - model_table_names.begin()), bytes_from(key),
        bytes_from(std::string_view{value}.substr(1)));
    }
    return {};
  }));
  const read_models models{tables};
  CHECK(models.load("totals")->value() == v1::record());
  CHECK(*models.row("totals", 2, "ann") == "500");
  CHECK(*models.row("totals", 2, "bob") == "");
  CHECK(snapshots{tables}.load("account-ann")->value() == v1::taken());
}

void create(const fs::path& folder, const store_identity& identity) {
  const auto made = data_folder::open(folder, identity);
  REQUIRE(made);
  REQUIRE(made->is_new());
  REQUIRE(open_lmdb_log({.folder = made->log()}));
  REQUIRE(made->complete());
}

TEST_CASE("golden v1: a folder's texts are written and read as they were") {
  test::memory_media media;
  v1::fill(media);
  const store_origin origin = v1::origin(*opened(media).head());
  const test::temporary_folder folder;
  create(folder.path(), v1::identity());
  REQUIRE(write_origin(folder.path(), origin));
  for (const char* const name : {"identity", "origin"}) {
    CAPTURE(name);
    const std::string made = test::bytes_of(folder.path() / name);
    CHECK(golden(name, made) == made);
  }
  CHECK(*data_folder::identity_of(golden_file("")) == v1::identity());
  CHECK(read_origin(golden_file(""))->value() == origin);
}

TEST_CASE("data folder: a folder that was begun is nobody's until it is complete") {
  const test::temporary_folder folder;
  const auto where = folder.path() / "data";
  {
    const auto begun = data_folder::begin(where, v1::identity());
    REQUIRE(begun);
    CHECK(data_folder::identity_of(where).error().code == errc::not_found);
    CHECK(data_folder::begin(where, v1::identity()).error().code == errc::in_use);
  }
  CHECK(data_folder::open(where, v1::identity()).error().code == errc::invalid_argument);
  fs::remove_all(where);
  {
    const auto begun = data_folder::begin(where, v1::identity());
    REQUIRE(begun);
    REQUIRE(open_lmdb_log({.folder = begun->log()}));
    REQUIRE(begun->complete());
  }
  CHECK(data_folder::begin(where, v1::identity()).error().code == errc::already_exists);
  const auto opened_again = data_folder::open(where, v1::identity());
  REQUIRE(opened_again);
  CHECK(opened_again->identity() == v1::identity());
}

TEST_CASE("data folder: a node's name may have spaces") {
  const test::temporary_folder folder;
  store_identity identity = v1::identity();
  identity.node = "the first node";
  create(folder.path(), identity);
  CHECK(*data_folder::identity_of(folder.path()) == identity);
  CHECK(data_folder::open(folder.path(), identity));
}

TEST_CASE("data folder: an identity is written last, and without a log the events are lost") {
  const test::temporary_folder folder;
  const auto where = folder.path() / "data";
  {
    const auto begun = data_folder::open(where, v1::identity());
    REQUIRE(begun);
    CHECK(begun->is_new());
    REQUIRE(open_lmdb_log({.folder = begun->log()}));
    test::write_bytes(begun->models() / "left over", "x");
    CHECK(data_folder::identity_of(where).error().code == errc::not_found);
  } // a kill in between: it is begun once more, from nothing
  {
    const auto again = data_folder::open(where, v1::identity());
    REQUIRE(again);
    CHECK(again->is_new());
    CHECK(fs::is_empty(again->log()));
    CHECK(fs::is_empty(again->models()));
    REQUIRE(open_lmdb_log({.folder = again->log()}));
    REQUIRE(again->complete());
  }
  CHECK_FALSE(fs::exists(where / "creating"));
  test::write_bytes(where / "creating", ""); // a kill before it was removed
  {
    const auto opened = data_folder::open(where, v1::identity());
    REQUIRE(opened);
    CHECK_FALSE(opened->is_new());
    CHECK_FALSE(fs::exists(where / "creating"));
    CHECK(fs::exists(opened->log() / "data.mdb"));
  }
  fs::remove(where / "identity"); // a folder with a log is not taken for a new one
  CHECK(data_folder::open(where, v1::identity()).error().code == errc::invalid_argument);
  CHECK(fs::exists(where / "log" / "data.mdb"));
}

} // namespace
} // namespace aiex
