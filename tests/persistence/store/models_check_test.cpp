#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/models/read_models.hpp"
#include "aiex/persistence/models/snapshots.hpp"
#include "aiex/persistence/storage/memory_tables.hpp"
#include "aiex/persistence/store/models_check.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aiex {
namespace {

constexpr auto no_step = [] {};

ordered_tables filled() {
  const ordered_tables tables = memory_tables{}.storage();
  read_models models{tables};
  const projection_save saves[] = {
    {"totals", {.at = {7}, .state = "{}"}, {{"ann", "500"}, {"bob", "3"}}},
    {"names", {.at = {9}, .state = "{}"}, {}},
  };
  REQUIRE(models.save(saves));
  const snapshot_save taken[] = {
    {"account-1", {.version = 3, .fingerprint = 1, .history = {}, .state = "{}"}}};
  REQUIRE(snapshots{tables}.save(taken));
  return tables;
}

TEST_CASE("models check: sound, with the last position that was counted") {
  const auto report = check_models(filled(), no_step);
  REQUIRE(report);
  CHECK(report->is_sound());
  CHECK(report->head == position{9});
}

TEST_CASE("models check: each damaged record, row and snapshot is found") {
  struct example {
    table_id table;
    const char* what;
  };
  const example table[] = {
    {table_id{0}, "the record of projection totals fails its checksum"},
    {table_id{1}, "a row of projection totals fails its checksum"},
    {table_id{2}, "the snapshot of account-1 fails its checksum"},
  };
  for (const example& row : table) {
    CAPTURE(row.what);
    const ordered_tables tables = filled();
    REQUIRE(tables.write(durability::synced, [&](table_writer& write) -> result<void> {
      std::string key;
      std::string value;
      write.scan(
        row.table, "", direction::ascending, [&](std::string_view at, std::string_view is) {
          key = at;
          value = is;
          return true; // the last one
        });
      value.back() = static_cast<char>(value.back() ^ 1);
      write.put(row.table, key, value);
      return {};
    }));
    const auto report = check_models(tables, no_step);
    REQUIRE(report);
    REQUIRE(report->findings_total() == 1);
    CHECK(report->findings.front().part == finding_part::models);
    CHECK(report->findings.front().what.starts_with(row.what));
  }
}

TEST_CASE("models check: it looks at every row, in more than one snapshot") {
  const ordered_tables tables = filled();
  std::vector<row_change> rows;
  for (std::size_t i = 0; i < limits::rows_per_check_step + 10; ++i)
    rows.push_back({std::to_string(1'000'000 + i), "x"});
  const projection_save save{"wide", {.at = {1}, .state = "{}"}, rows};
  REQUIRE(read_models{tables}.save({&save, 1}));
  std::uint64_t steps = 0;
  REQUIRE(check_models(tables, [&] { ++steps; })->is_sound());
  CHECK(steps == 4);
}

} // namespace
} // namespace aiex
