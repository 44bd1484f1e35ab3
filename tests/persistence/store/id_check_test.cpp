#include "aiex/persistence/store/id_check.hpp"

#include "support/handmade_log.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

constexpr auto no_step = [] {};

TEST_CASE("id check: every id that stands twice is found, in however many readings of the log") {
  test::handmade_log log;
  for (std::uint64_t i = 1; i <= 20; ++i)
    log.append({{"s", 2 * i - 1, i}, {"s", 2 * i, i % 7 == 0 ? 3 : 100 + i}});
  for (const std::size_t at_a_time : {1U, 3U, 40U, 1'000U}) {
    CAPTURE(at_a_time);
    verify_report report;
    std::uint64_t steps = 0;
    REQUIRE(check_ids(
      log.storage(), nullptr, {1, 20, {}, 40}, report, [&] { ++steps; }, at_a_time));
    CHECK(steps == 40 / at_a_time + 1);
    REQUIRE(report.findings_total() == 2);
    for (const position where : {position{14}, position{28}})
      CHECK(std::count_if(report.findings.begin(), report.findings.end(),
              [&](const finding& each) { return each.where == where; }) == 1);
    CHECK(
      report.findings.front().what.find("has the id of the one at position") != std::string::npos);
  }
}

TEST_CASE("id check: only the range is looked at, and what the state knows from before it") {
  test::handmade_log log;
  log.append({{"s", 1, 1}});
  log.append({{"s", 2, 1}});
  log.append({{"s", 3, 2}});
  verify_report report;
  REQUIRE(check_ids(log.storage(), nullptr, {2, 3, {1}, 2}, report, no_step));
  CHECK(report.is_sound());

  memory_tables state;
  REQUIRE(state.storage().write(durability::synced, [&](table_writer& tables) -> result<void> {
    sha256 hash;
    result<void> applied;
    auto read = log.storage().read(1, direction::ascending, [&](const log_record& record) {
      applied = apply(tables, *entry_view::parse(record.bytes), hash);
      return false;
    });
    return read ? applied : read;
  }));
  const ordered_tables tables = state.storage();
  REQUIRE(check_ids(log.storage(), &tables, {2, 3, {1}, 2}, report, no_step));
  REQUIRE(report.findings_total() == 1);
  CHECK(report.findings.front().where == position{2});
  CHECK(
    report.findings.front().what == "the event at position 2 has the id of the one at position 1");
}

} // namespace
} // namespace aiex
