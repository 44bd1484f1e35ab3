// One contract, two implementations: every case runs over LMDB and over memory.
#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/storage/lmdb_log.hpp"
#include "aiex/persistence/storage/log_storage.hpp"
#include "aiex/persistence/storage/memory_log.hpp"

#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace aiex {
namespace {

constexpr std::uint64_t map_bytes = 64 << 20;

struct lmdb_maker {
  test::temporary_folder folder;
  lmdb_log opened = open();

  lmdb_log open() const {
    auto log = open_lmdb_log({.folder = folder.path(), .map_bytes = map_bytes});
    REQUIRE(log);
    return *log;
  }
  log_storage log() { return opened.log; }
  log_storage reopened() {
    opened = {};
    opened = open();
    return opened.log;
  }
};

struct memory_maker {
  memory_log memory;
  log_storage log() { return memory.storage(); }
  log_storage reopened() {
    memory.crash();
    return memory.storage();
  }
};

result<void> put(const log_storage& log, std::uint64_t index, std::string_view bytes) {
  const log_record record{index, bytes};
  return log.append({&record, 1});
}

void put_synced(const log_storage& log, std::uint64_t first, const std::vector<std::string>& all) {
  for (const std::string& each : all)
    REQUIRE(put(log, first++, each));
  REQUIRE(log.sync());
}

/// "1:a 2:b": what is read from `from` on.
std::string read(const log_storage& log, std::uint64_t from, direction order = direction::ascending,
  std::size_t most = 100) {
  std::string seen;
  REQUIRE(log.read(from, order, [&](const log_record& record) {
    seen +=
      (seen.empty() ? "" : " ") + std::to_string(record.index) + ':' + std::string{record.bytes};
    return --most > 0;
  }));
  return seen;
}

TEST_CASE_TEMPLATE(
  "log storage: what is synced is read, in both directions", Maker, lmdb_maker, memory_maker) {
  Maker made;
  const log_storage log = made.log();
  CHECK(read(log, 1).empty());
  CHECK(read(log, ~0ULL, direction::descending).empty());
  put_synced(log, 1, {"a", "bb", std::string(5'000, 'c')});
  const std::string c = "3:" + std::string(5'000, 'c');
  CHECK(read(log, 0) == "1:a 2:bb " + c);
  CHECK(read(log, 1) == "1:a 2:bb " + c);
  CHECK(read(log, 2) == "2:bb " + c);
  CHECK(read(log, 4).empty());
  CHECK(read(log, 1, direction::ascending, 2) == "1:a 2:bb");
  CHECK(read(log, ~0ULL, direction::descending) == c + " 2:bb 1:a");
  CHECK(read(log, 3, direction::descending, 1) == c);
  CHECK(read(log, 2, direction::descending) == "2:bb 1:a");
  CHECK(read(log, 0, direction::descending).empty());
}

TEST_CASE_TEMPLATE("log storage: what is not synced is not read, and gone after a crash", Maker,
  lmdb_maker, memory_maker) {
  Maker made;
  const log_storage log = made.log();
  put_synced(log, 1, {"a"});
  REQUIRE(put(log, 2, "b"));
  REQUIRE(put(log, 3, "c"));
  CHECK(read(log, 1) == "1:a");
  const log_storage again = made.reopened();
  CHECK(read(again, 1) == "1:a");
  put_synced(again, 2, {"B"});
  CHECK(read(again, 1) == "1:a 2:B");
  CHECK(read(made.reopened(), 1) == "1:a 2:B");
}

TEST_CASE_TEMPLATE("log storage: indexes have no gap", Maker, lmdb_maker, memory_maker) {
  Maker made;
  const log_storage log = made.log();
  CHECK_THROWS_AS((void)put(log, 2, "b"), broken_invariant);
  REQUIRE(put(log, 1, "a"));
  CHECK_THROWS_AS((void)put(log, 1, "a"), broken_invariant);
  CHECK_THROWS_AS((void)put(log, 3, "c"), broken_invariant);
  put_synced(log, 2, {"b"});
  CHECK(read(log, 1) == "1:a 2:b");
}

TEST_CASE_TEMPLATE(
  "log storage: cut drops the end, also what is not synced", Maker, lmdb_maker, memory_maker) {
  struct example {
    std::uint64_t from;
    const char* left;
  };
  const example table[] = {
    {1, ""}, {2, "1:a"}, {3, "1:a 2:b"}, {4, "1:a 2:b 3:c"}, {9, "1:a 2:b 3:c"}};
  for (const example& row : table) {
    CAPTURE(row.from);
    Maker made;
    const log_storage log = made.log();
    put_synced(log, 1, {"a", "b", "c"});
    REQUIRE(put(log, 4, "d"));
    REQUIRE(log.cut(row.from));
    CHECK(read(log, 1) == row.left);
    CHECK(read(made.reopened(), 1) == row.left);
    const std::uint64_t next = std::min<std::uint64_t>(row.from, 4);
    const log_storage again = made.reopened();
    put_synced(again, next, {"x"});
    CHECK(read(again, next) == std::to_string(next) + ":x");
  }
}

TEST_CASE("log storage: a full map refuses and loses nothing") {
  test::temporary_folder folder;
  auto small = open_lmdb_log({.folder = folder.path(), .map_bytes = 1 << 20});
  REQUIRE(small);
  const log_storage log = small->log;
  std::uint64_t next = 1;
  result<void> answer;
  while (answer && next < 1'000) {
    answer = put(log, next, std::string(10'000, 'x'));
    if (answer)
      answer = log.sync();
    next += answer ? 1 : 0;
  }
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == errc::store_full);
  std::uint64_t seen = 0;
  REQUIRE(log.read(1, direction::ascending, [&](const log_record&) { return ++seen > 0; }));
  CHECK(seen == next - 1);
  CHECK(small->bytes_free() < 200'000);
  REQUIRE(log.cut(2)); // makes room: the log goes on
  put_synced(log, 2, {"again"});
  CHECK(read(log, 2) == "2:again");
}

TEST_CASE("log storage: too much before a sync is refused by name") {
  test::temporary_folder folder;
  auto opened = open_lmdb_log({.folder = folder.path(), .map_bytes = 1ULL << 30});
  REQUIRE(opened);
  const std::string large(limits::dirty_bytes_max / 2 + 1, 'x');
  REQUIRE(put(opened->log, 1, large));
  const auto second = put(opened->log, 2, large);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == errc::batch_too_large);
  REQUIRE(opened->log.sync());
  REQUIRE(put(opened->log, 2, large));
}

TEST_CASE("log storage: after a failed sync nothing is written any more") {
  for (const bool kept : {false, true}) {
    memory_log memory;
    const log_storage log = memory.storage();
    put_synced(log, 1, {"a"});
    REQUIRE(put(log, 2, "b"));
    memory.fail_next_sync(kept);
    CHECK(log.sync().error().code == errc::io);
    CHECK(put(log, 3, "c").error().code == errc::io);
    CHECK(log.sync().error().code == errc::io);
    CHECK(log.cut(1).error().code == errc::io);
    memory.crash();
    CHECK(read(memory.storage(), 1) == (kept ? "1:a 2:b" : "1:a"));
    CHECK(log.sync().error().code == errc::io); // handed out before the crash
  }
}

TEST_CASE("log storage: readers see whole commits while one writes") {
  test::temporary_folder folder;
  auto opened = open_lmdb_log({.folder = folder.path(), .map_bytes = map_bytes});
  REQUIRE(opened);
  const log_storage log = opened->log;
  std::atomic<bool> done{false};
  std::atomic<int> broken{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      while (!done) {
        std::uint64_t expected = 1;
        const auto answer = log.read(1, direction::ascending, [&](const log_record& record) {
          broken += record.index != expected || record.bytes != std::to_string(expected) ? 1 : 0;
          ++expected;
          return true;
        });
        broken += !answer || expected % 2 == 0 ? 1 : 0; // commits hold two records
      }
    });
  for (std::uint64_t index = 1; index <= 200; index += 2)
    put_synced(log, index, {std::to_string(index), std::to_string(index + 1)});
  done = true;
  for (std::thread& each : readers)
    each.join();
  CHECK(broken == 0);
}

TEST_CASE("log storage: a file that is not a log is an error") {
  test::temporary_folder folder;
  std::FILE* const file = std::fopen((folder.path() / "data.mdb").c_str(), "w");
  REQUIRE(file != nullptr);
  std::fputs(std::string(10'000, 'x').c_str(), file);
  std::fclose(file);
  const auto opened = open_lmdb_log({.folder = folder.path()});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::corrupt);
}

TEST_CASE_TEMPLATE(
  "log storage: a record is put back where it stood, durably", Maker, lmdb_maker, memory_maker) {
  Maker maker;
  put_synced(maker.log(), 1, {"a", "b", "c"});
  REQUIRE(maker.log().replace({2, "as it was"}));
  CHECK(read(maker.log(), 1) == "1:a 2:as it was 3:c");
  const log_storage log = maker.reopened();
  CHECK(read(log, 1) == "1:a 2:as it was 3:c");
  put_synced(log, 4, {"d"});
  CHECK_THROWS_AS((void)log.replace({5, "not there"}), broken_invariant);
  CHECK_THROWS_AS((void)log.replace({0, "nowhere"}), broken_invariant);
  REQUIRE(put(log, 5, "e"));
  CHECK_THROWS_AS((void)log.replace({1, "before the sync"}), broken_invariant);
}

} // namespace
} // namespace aiex
