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
  REQUIRE(report->findings_total == 1);
  CHECK(report->findings.front().what.find("the checker died by signal 7 (BUS) at position") == 0);
  CHECK(report->findings.front().what.find("while it read the log") != std::string::npos);
  CHECK(report->first_bad() >= position{1});
}

TEST_CASE("verify in child: what kills the reader of the state is told apart") {
  const world made;
  made.fill(3'000);
  fs::resize_file(made.data() / "state" / "data.mdb", 40'960);
  const auto report = made.verify();
  REQUIRE(report);
  CHECK(report->events == 3'000);
  REQUIRE(report->findings_total == 1);
  CHECK(report->findings.front().what.find("it read the state") != std::string::npos);
  CHECK(report->first_bad() == position{0});
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
