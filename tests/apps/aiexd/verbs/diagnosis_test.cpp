#include "aiexd/verbs/diagnosis.hpp"
#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

namespace aiex {
namespace {

using namespace std::chrono_literals;

node_findings healthy() {
  node_findings found;
  found.folder = "/var/lib/aiex";
  found.is_folder_writable = true;
  found.bytes_free = bytes_free_min;
  found.memory_available_bytes = memory_available_min;
  found.now = test::at_us(1'000'000'000);
  found.last_recorded_at = found.now + clock_behind_max;
  found.store.emplace();
  found.bus = bus_statistics{};
  found.projections = {{"totals", projection_info{}}};
  found.projections[0].info->lag_seconds = 60.0;
  found.crashes.emplace();
  found.stuck.emplace();
  found.open_files_max = open_files_min;
  found.certificate_ends_at = found.now + certificate_left_min;
  return found;
}

TEST_CASE("diagnosis: a node at its limits is well, and has nothing to do") {
  const auto lines = diagnose(healthy());
  std::vector<std::string> checks;
  for (const check_line& each : lines) {
    CAPTURE(each.check);
    CHECK(each.is_ok);
    CHECK(each.to_do.empty());
    CHECK_FALSE(each.what.empty());
    checks.push_back(each.check);
  }
  CHECK(checks == std::vector<std::string>{"folder", "disk", "memory", "clock", "store", "bus",
                    "projection totals", "crashes", "stuck", "files", "certificate"});
  node_findings sparse = healthy();
  sparse.certificate_ends_at.reset();    // links are plain
  sparse.memory_available_bytes.reset(); // not every system tells
  sparse.last_recorded_at.reset();       // an empty log
  for (const check_line& each : diagnose(sparse))
    CHECK(each.is_ok);
}

TEST_CASE("diagnosis: whatever is wrong is named, and what to do") {
  struct example {
    const char* check;
    std::function<void(node_findings&)> spoil;
    const char* says;
  };
  const example table[] = {
    {"folder", [](auto& found) { found.is_folder_writable = false; }, "/var/lib/aiex cannot"},
    {"disk", [](auto& found) { --found.bytes_free; }, "1023 MiB"},
    {"memory", [](auto& found) { --*found.memory_available_bytes; }, "127 MiB"},
    {"clock", [](auto& found) { *found.last_recorded_at += 1s; }, "61 s behind"},
    {"clock", [](auto& found) { found.log_error = "page 7"; }, "page 7"},
    {"store", [](auto& found) { found.store.reset(); }, "does not answer"},
    {"bus", [](auto& found) { found.bus.reset(); }, "does not answer"},
    {"bus", [](auto& found) { found.bus->last_failure = "page 7"; }, "page 7"},
    {"projection totals", [](auto& found) { found.projections[0].info.reset(); },
      "does not answer"},
    {"projection totals", [](auto& found) { found.projections[0].info->lag_seconds = 61; },
      "it runs, "},
    {"projection totals",
      [](auto& found) {
        found.projections[0].info->lag_seconds = 61;
        found.projections[0].info->lag_is_more = true;
      },
      "more than "},
    {"projection totals",
      [](auto& found) { found.projections[0].info->status = projection_status::paused; }, "paused"},
    {"projection totals",
      [](auto& found) {
        found.projections[0].info->status = projection_status::stopped;
        found.projections[0].info->last_error = "no such row";
      },
      "no such row"},
    {"handler mail",
      [](auto& found) {
        found.handlers.push_back(
          {"mail", handler_statistics{
                     .handled = 9, .failed = 4, .last_failure = "no post", .last_failed = {7}}});
      },
      "at 4 of 9 events, last at position 7: no post"},
    {"handler mail",
      [](auto& found) {
        found.handlers.push_back({"mail", std::nullopt});
      },
      "does not answer"},
    {"crashes", [](auto& found) { found.crashes.reset(); }, "cannot be read"},
    {"crashes",
      [](auto& found) {
        found.crashes = {3, "aiexd/bank/totals"};
      },
      "3 within an hour, the last of aiexd/bank/totals"},
    {"stuck", [](auto& found) { found.stuck.reset(); }, "cannot be read"},
    {"stuck",
      [](auto& found) {
        found.stuck = {1, "aiexd/bank/totals"};
      },
      "1 within an hour, the last of aiexd/bank/totals"},
    {"files", [](auto& found) { --found.open_files_max; }, "1023"},
    {"certificate", [](auto& found) { *found.certificate_ends_at -= 1us; }, "valid until"},
    {"certificate", [](auto& found) { found.certificate_ends_at = found.now - 1us; },
      "has expired"},
  };
  for (const auto& row : table) {
    node_findings found = healthy();
    row.spoil(found);
    CAPTURE(row.check);
    CAPTURE(row.says);
    std::size_t wrong = 0;
    for (const check_line& each : diagnose(found)) {
      wrong += each.is_ok ? 0 : 1;
      if (each.is_ok)
        continue;
      CHECK(each.check == row.check);
      CHECK_MESSAGE(each.what.find(row.says) != std::string::npos, each.what);
      CHECK_FALSE(each.to_do.empty());
    }
    CHECK(wrong == 1);
  }
}

} // namespace
} // namespace aiex
