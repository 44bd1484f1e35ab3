#include "aiex/persistence/storage/lmdb_log.hpp"
#include "aiex/persistence/store/verify_in_child.hpp"

#include "support/store_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

namespace aiex {
namespace {

namespace fs = std::filesystem;

constexpr auto go_on = [](std::uint64_t) { return true; };

struct world {
  test::temporary_folder folder;

  world() {
    // A sanitizer in the checker would turn its death into an exit.
    ::setenv("ASAN_OPTIONS", "handle_segv=0:handle_sigbus=0:handle_abort=0", 1);
    ::setenv("TSAN_OPTIONS", "handle_segv=0:handle_sigbus=0:handle_abort=0", 1);
  }

  fs::path data() const { return folder.path() / "data"; }

  local_store opened() const {
    auto store = test::open_store(data());
    REQUIRE(store);
    return std::move(*store);
  }
  void fill(std::uint64_t events) const {
    auto store = opened();
    test::append_events(*store.events(), 1, events);
    REQUIRE(store.close());
  }
  result<verify_report> verify(std::chrono::milliseconds limit = std::chrono::minutes{1}) const {
    return verify_in_child(
      {.folder = data(), .program = AIEX_VERIFY_CHILD, .time_limit = limit}, go_on);
  }
};

TEST_CASE("verify in child: a sound folder, without a node and beside one") {
  const world made;
  made.fill(50);
  const auto stopped = made.verify();
  REQUIRE(stopped);
  CHECK(stopped->is_sound());
  CHECK(stopped->events == 50);
  CHECK(stopped->streams == 17);

  auto running = made.opened();
  test::append_events(*running.events(), 51, 60);
  const auto beside = made.verify();
  REQUIRE(beside);
  CHECK(beside->is_sound());
  CHECK(beside->events == 60);
  test::append_events(*running.events(), 61, 61); // the writer did not notice
}

TEST_CASE("verify in child: a flipped byte is a finding with its position") {
  const world made;
  made.fill(50);
  std::string bytes = test::bytes_of(made.data() / "log" / "data.mdb");
  std::size_t copies = 0; // LMDB leaves old ones in pages that it does not use any more
  for (auto at = bytes.find("order-27"); at != std::string::npos; at = bytes.find("order-27", at)) {
    bytes[at] = 'p';
    ++copies;
  }
  REQUIRE(copies > 0);
  test::write_bytes(made.data() / "log" / "data.mdb", bytes);
  const auto report = made.verify();
  REQUIRE(report);
  CHECK_FALSE(report->is_sound());
  CHECK(report->first_bad() == position{27});
}

TEST_CASE("verify in child: what kills the reader of the log is a finding") {
  const world made;
  made.fill(3'000);
  fs::resize_file(made.data() / "log" / "data.mdb", 40'960);
  const auto report = made.verify();
  REQUIRE(report);
  REQUIRE(report->findings_total() == 1);
  CHECK(report->findings.front().what.starts_with(
    "the checker died by signal 7 (BUS) while it read the log, at position "));
  CHECK(report->findings.front().part == finding_part::log);
  CHECK(report->first_bad() >= position{1});
}

TEST_CASE("verify in child: what kills the reader of the state is told apart") {
  const world made;
  made.fill(3'000);
  fs::resize_file(made.data() / "state" / "data.mdb", 40'960);
  const auto report = made.verify();
  REQUIRE(report);
  CHECK(report->events == 3'000);
  REQUIRE(report->findings_total() == 1);
  CHECK(report->findings.front().what.ends_with("while it read the state"));
  CHECK(report->findings.front().part == finding_part::state);
  CHECK(report->first_bad() == position{0});
}

TEST_CASE("verify in child: damaged read models are told apart, and one ahead of the log") {
  const world made;
  made.fill(20);
  {
    const auto store = made.opened();
    std::vector<row_change> rows;
    for (int i = 0; i < 500; ++i)
      rows.push_back({std::to_string(1'000 + i), std::string(500, i == 250 ? 'y' : 'x')});
    const projection_save save{"totals", {.at = {20}, .state = "{}"}, rows};
    REQUIRE(store.models()->save({&save, 1}));
  }
  const auto file = made.data() / "models" / "data.mdb";
  CHECK(made.verify()->is_sound());
  const std::string sound = test::bytes_of(file);
  std::string damaged = sound;
  const std::string row(500, 'y');
  for (auto at = damaged.find(row); at != std::string::npos; at = damaged.find(row, at))
    damaged[at] = 'z'; // in old copies, too
  test::write_bytes(file, damaged);
  const auto flipped = made.verify();
  REQUIRE(flipped);
  CHECK(flipped->total_of(finding_part::models) == 1);
  REQUIRE(flipped->findings_total() == 1);
  CHECK(flipped->findings.front().what == "a row of projection totals fails its checksum");
  CHECK(flipped->events == 20);

  fs::resize_file(file, 16'384);
  const auto cut = made.verify();
  REQUIRE(cut);
  CHECK(cut->total_of(finding_part::models) == 1);
  REQUIRE(cut->findings_total() == 1);
  CHECK(cut->findings.front().what.ends_with("while it read the read models"));

  test::write_bytes(file, sound);
  fs::remove_all(made.data() / "state");
  {
    const auto log = open_lmdb_log({.folder = made.data() / "log", .map_bytes = 256 << 20});
    REQUIRE(log);
    REQUIRE(log->log.cut(11));
  }
  const auto shorter = made.verify();
  REQUIRE(shorter);
  REQUIRE(shorter->findings_total() == 1);
  CHECK(shorter->findings.front().what.starts_with(
    "the log ends at position 10, but a read model has counted the events up to 20"));
  CHECK(shorter->first_bad() == position{11});
}

TEST_CASE("verify in child: what a killed checker saw is let go of") {
  const test::temporary_folder folder;
  const auto data = folder.path() / "dies-reading";
  auto running = test::open_store(data);
  REQUIRE(running);
  test::append_events(*running->events(), 1, 1'000);
  const auto file = data / "log" / "data.mdb";
  const auto killed = verify_in_child({.folder = data, .program = AIEX_VERIFY_CHILD}, go_on);
  REQUIRE_FALSE(killed);
  CHECK(killed.error().message.find("was killed by signal 9") != std::string::npos);
  const auto before = fs::file_size(file);
  test::append_events(*running->events(), 1'001, 1'400); // fewer than the writer looks by itself
  CHECK(fs::file_size(file) < before + (2U << 20));
}

TEST_CASE("verify in child: what is not a death is an error, and nothing waits for ever") {
  struct example {
    const char* folder;
    errc expected;
  };
  const example table[] = {
    {"absent", errc::not_found},
    {"hangs", errc::time_out},
    {"is-killed", errc::io},
    {"babbles", errc::corrupt},
  };
  const world made;
  for (const example& row : table) {
    CAPTURE(row.folder);
    const auto failed = verify_in_child(
      {.folder = made.folder.path() / row.folder,
        .program = AIEX_VERIFY_CHILD,
        .time_limit = std::chrono::milliseconds{row.expected == errc::time_out ? 50 : 20'000}},
      go_on);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == row.expected);
  }
  const auto other = verify_in_child({.folder = made.data(), .program = "/bin/true"}, go_on);
  REQUIRE_FALSE(other);
  CHECK(other.error().message == "the checker ended with status 0 and no report");
  const auto none = verify_in_child({.folder = made.data(), .program = "/no/such"}, go_on);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == errc::io);
}

TEST_CASE("verify in child: it stops when told") {
  const world made;
  made.fill(10);
  const auto stopped = verify_in_child(
    {.folder = made.data(), .program = AIEX_VERIFY_CHILD}, [](std::uint64_t) { return false; });
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == errc::stopped);
}

} // namespace
} // namespace aiex
