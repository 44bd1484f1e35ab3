#include "aiex/persistence/store/verify_folder.hpp"

#include "support/store_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace aiex {
namespace {

namespace fs = std::filesystem;

constexpr auto no_progress = [](std::uint64_t) {};

TEST_CASE("verify folder: sound, with and without a state to go by") {
  const test::temporary_folder folder;
  const fs::path data = folder.path() / "data";
  {
    auto store = test::open_store(data);
    REQUIRE(store);
    test::append_events(*store->events(), 1, 30);
    REQUIRE(store->close());
  }
  struct example {
    const char* name;
    verify_scope scope;
    void (*prepare)(const fs::path& state);
    std::uint64_t streams;
  };
  const example table[] = {
    {"both", verify_scope::log_and_state, [](const fs::path&) {}, 11},
    {"the log alone", verify_scope::log, [](const fs::path&) {}, 11},
    {"a state that is not trusted", verify_scope::log_and_state,
      [](const fs::path& state) { fs::remove(state / "mark"); }, 11},
    {"no state", verify_scope::log_and_state, [](const fs::path& state) { fs::remove_all(state); },
      11},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    row.prepare(data / "state");
    const auto report = verify_folder(data, row.scope, no_progress);
    REQUIRE(report);
    CHECK(report->is_sound());
    CHECK(report->entries == 30);
    CHECK(report->events == 30);
    CHECK(report->head == position{30});
    CHECK(report->streams == row.streams);
  }
  const auto opened = test::open_store(data);
  REQUIRE(opened);
  CHECK(opened->events()->head()->position == position{30});
}

TEST_CASE("verify folder: a state that cannot be read is a finding, a missing log an error") {
  const test::temporary_folder folder;
  const fs::path data = folder.path() / "data";
  CHECK(verify_folder(data, verify_scope::log, no_progress).error().code == errc::not_found);
  CHECK_FALSE(fs::exists(data));
  {
    auto store = test::open_store(data);
    REQUIRE(store);
    test::append_events(*store->events(), 1, 3);
    REQUIRE(store->close());
  }
  test::write_bytes(data / "state" / "data.mdb", std::string(20'000, 'x'));
  const auto report = verify_folder(data, verify_scope::log_and_state, no_progress);
  REQUIRE(report);
  CHECK(report->events == 3);
  REQUIRE(report->findings_total() == 1);
  CHECK(report->findings.front().what.find("the state cannot be read") == 0);

  fs::remove_all(data / "log");
  const auto failed = verify_folder(data, verify_scope::log_and_state, no_progress);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == errc::lost_events);
  CHECK_FALSE(fs::exists(data / "log")); // it makes nothing
}

} // namespace
} // namespace aiex
