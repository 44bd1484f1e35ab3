#include "aiex/persistence/archive/restore.hpp"
#include "aiex/persistence/store/store_origin.hpp"

#include "support/store_folder.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

namespace aiex {
namespace {

namespace fs = std::filesystem;

using test::at_us;
using test::id_of;
using test::keep_going;

/// A store of 60 events with a backup of it, and a place to restore to.
struct world {
  test::temporary_folder folder;
  store_identity origin;
  chain_end head;
  digest state{};

  world() {
    auto store = test::open_store(folder.path() / "original");
    REQUIRE(store);
    test::append_events(*store->events(), 1, 60);
    REQUIRE(test::backup_of(*store, file()));
    origin = store->identity();
    head = *store->events()->head();
    state = test::state_digest_of(*store);
    REQUIRE(store->close());
  }

  fs::path file() const { return folder.path() / "backup"; }
  fs::path target() const { return folder.path() / "data"; }

  restore_options options(bool replace = false) const {
    return {.file = file(),
      .folder = target(),
      .history = id_of(77),
      .restored_at = at_us(1'000'000),
      .replace = replace,
      .map_bytes = 256 << 20};
  }

  /// A store with 5 events of its own where the restored one is to be.
  store_identity occupy() const {
    auto store = test::open_store(target(), 2'000'000);
    REQUIRE(store);
    test::append_events(*store->events(), 501, 505);
    REQUIRE(store->close());
    return store->identity();
  }

  void check_restored() const {
    auto store = test::open_store(target());
    REQUIRE(store);
    CHECK(store->identity() == store_identity{origin.store, id_of(77), "node1"});
    CHECK_FALSE(store->was_rebuilt());
    CHECK(*store->events()->head() == head);
    CHECK(test::state_digest_of(*store) == state);
    test::check_sound(*store);
    CHECK(store->events()->event(id_of(60)));
  }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator{folder.path()})
      all.push_back(entry.path().filename().string());
    std::sort(all.begin(), all.end());
    return all;
  }
};

TEST_CASE("restore: into nothing, into an empty folder and into a node's that holds no event") {
  struct example {
    const char* name;
    void (*prepare)(const world&);
    bool keeps;
  };
  const example table[] = {
    {"absent", [](const world&) {}, false},
    {"empty", [](const world& in) { fs::create_directory(in.target()); }, false},
    {"fresh", [](const world& in) { REQUIRE(test::open_store(in.target())); }, true},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    const world made;
    row.prepare(made);
    const auto restored = restore(made.options(), keep_going);
    REQUIRE(restored);
    CHECK(restored->identity == store_identity{made.origin.store, id_of(77), "node1"});
    CHECK(restored->head == made.head);
    CHECK(restored->kept.has_value() == row.keeps);
    made.check_restored();
    CHECK(made.names().size() == (row.keeps ? 4 : 3));
    const auto origin = read_origin(made.target());
    REQUIRE(origin);
    CHECK(**origin == store_origin{made.origin.store, made.origin.history, made.head, at_us(7),
                        at_us(1'000'000)});
  }
}

TEST_CASE("restore: the restored log goes on") {
  const world made;
  REQUIRE(restore(made.options(), keep_going));
  auto store = test::open_store(made.target());
  REQUIRE(store);
  test::append_events(*store->events(), 61, 70);
  CHECK(store->events()->head()->position == position{70});
  test::check_sound(*store);
  const auto repeated = test::one("account-1", {.id = id_of(1), .type = "t", .data = "1"});
  const append_request* const all[] = {&repeated};
  CHECK(store->events()->append(all, at_us(99)).front()->repeated);
}

TEST_CASE("restore: a store is replaced only when told to, and is kept") {
  const world made;
  const store_identity occupant = made.occupy();
  const auto refused = restore(made.options(), keep_going);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::already_exists);
  CHECK(*data_folder::identity_of(made.target()) == occupant);

  const auto restored = restore(made.options(true), keep_going);
  REQUIRE(restored);
  made.check_restored();
  REQUIRE(restored->kept);
  CHECK(restored->kept->filename() == "data.before-restore-19700101T000001.000000Z");
  {
    auto old = test::open_store(*restored->kept);
    REQUIRE(old);
    CHECK(old->identity() == occupant);
    CHECK(old->events()->head()->position == position{5});
  }
  const auto again = restore(made.options(true), keep_going); // in the same microsecond
  REQUIRE(again);
  CHECK(again->kept->filename() == "data.before-restore-19700101T000001.000000Z-2");
}

TEST_CASE("restore: a copy beside the original gets ids of its own") {
  const world made;
  auto options = made.options();
  options.store = id_of(55);
  options.node = "node2";
  REQUIRE(restore(options, keep_going));
  CHECK(*data_folder::identity_of(made.target()) == store_identity{id_of(55), id_of(77), "node2"});
}

TEST_CASE("restore: what cannot be restored touches nothing") {
  struct example {
    const char* name;
    errc expected;
    void (*spoil)(const world&);
  };
  const example table[] = {
    {"no archive", errc::not_found, [](const world& in) { fs::remove(in.file()); }},
    {"cut short", errc::corrupt,
      [](const world& in) { fs::resize_file(in.file(), fs::file_size(in.file()) - 1); }},
    {"damaged", errc::checksum_mismatch,
      [](const world& in) {
        std::string bytes = test::bytes_of(in.file());
        bytes[bytes.size() / 2] ^= 1;
        test::write_bytes(in.file(), bytes);
      }},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    const world made;
    const store_identity occupant = made.occupy();
    row.spoil(made);
    const auto names = made.names();
    const auto failed = restore(made.options(true), keep_going);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == row.expected);
    CHECK(made.names() == names);
    CHECK(*data_folder::identity_of(made.target()) == occupant);
  }
}

TEST_CASE("restore: not under a running node, and stopped when told") {
  const world made;
  made.occupy();
  {
    const auto running = test::open_store(made.target());
    REQUIRE(running);
    const auto refused = restore(made.options(true), keep_going);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::in_use);
  }
  std::uint64_t calls = 0;
  const auto stopped = restore(
    made.options(true), [&](const archive_progress&) { return ++calls < 2; }); // while it writes
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == errc::stopped);
  CHECK(made.names() == std::vector<std::string>{"backup", "data", "original"});
}

TEST_CASE("restore: what somebody else keeps under the name it needs is not removed") {
  const world made;
  const fs::path theirs = made.folder.path() / "data.restoring";
  fs::create_directory(theirs);
  test::write_bytes(theirs / "thesis.txt", "mine");
  const auto refused = restore(made.options(), keep_going);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::already_exists);
  CHECK(test::bytes_of(theirs / "thesis.txt") == "mine");
}

TEST_CASE("restore: through a symbolic link it is the folder that is replaced, not the link") {
  const world made;
  const store_identity occupant = made.occupy();
  fs::create_directory(made.folder.path() / "links");
  const fs::path link = made.folder.path() / "links" / "data";
  fs::create_directory_symlink(made.target(), link);
  auto options = made.options(true);
  options.folder = link;
  const auto restored = restore(options, keep_going);
  REQUIRE(restored);
  CHECK(fs::is_symlink(link));
  made.check_restored();
  REQUIRE(restored->kept);
  CHECK(restored->kept->parent_path() == fs::canonical(made.folder.path()));
  CHECK(*data_folder::identity_of(*restored->kept) == occupant);
}

/// Restores in a process that dies behind `step`.
void die_behind(const restore_options& asked, restore_step step) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    restore_options options = asked;
    options.reached = [step](restore_step done) {
      if (done == step)
        ::_exit(42);
    };
    const auto unexpected = restore(options, keep_going);
    ::_exit(unexpected ? 1 : 2);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 42);
}

TEST_CASE("restore: a crash behind any step leaves the old folder or the new one, whole") {
  for (auto step = restore_step::checked; step <= restore_step::kept;
       step = static_cast<restore_step>(static_cast<int>(step) + 1)) {
    CAPTURE(static_cast<int>(step));
    const world made;
    const store_identity occupant = made.occupy();
    die_behind(made.options(true), step);
    if (step >= restore_step::switched) {
      made.check_restored();
    } else {
      auto old = test::open_store(made.target());
      REQUIRE(old);
      CHECK(old->identity() == occupant);
      CHECK(old->events()->head()->position == position{5});
    }

    // The next one succeeds, and what was there before the first is still somewhere.
    auto options = made.options(true);
    options.history = id_of(78);
    REQUIRE(restore(options, keep_going));
    CHECK(data_folder::identity_of(made.target())->history == id_of(78));
    bool is_old_kept = false;
    for (const auto& entry : fs::directory_iterator{made.folder.path()})
      if (const auto found = data_folder::identity_of(entry.path()); found && *found == occupant)
        is_old_kept = test::open_store(entry.path()).has_value();
    CHECK(is_old_kept);
    CHECK_FALSE(fs::exists(made.folder.path() / "data.restoring"));
  }
}

TEST_CASE("restore: a crash while restoring into nothing leaves nothing or the new folder") {
  for (auto step = restore_step::begun; step <= restore_step::switched;
       step = static_cast<restore_step>(static_cast<int>(step) + 1)) {
    CAPTURE(static_cast<int>(step));
    const world made;
    die_behind(made.options(), step);
    if (step < restore_step::switched) {
      CHECK_FALSE(fs::exists(made.target()));
      REQUIRE(restore(made.options(), keep_going));
    }
    made.check_restored();
  }
}

} // namespace
} // namespace aiex
