#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/models/read_models.hpp"
#include "aiex/persistence/models/snapshots.hpp"
#include "aiex/persistence/storage/memory_tables.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace aiex {
namespace {

projection_save save_of(std::string name, std::uint64_t at, std::vector<row_change> rows = {}) {
  projection_save made{std::move(name), {.at = {at}}, std::move(rows)};
  made.record.state = "{\"at\":" + std::to_string(at) + "}";
  return made;
}

std::string rows_of(const read_models& models, std::string_view projection,
  std::uint64_t generation, std::string_view prefix = "", std::string_view from = "") {
  std::string seen;
  REQUIRE(models.rows(
    projection, generation, prefix, from, [&](std::string_view key, std::string_view value) {
      seen += std::string{key} + '=' + std::string{value} + ' ';
      return true;
    }));
  return seen;
}

TEST_CASE("read models: state, rows and position are saved together, or not at all") {
  memory_tables memory;
  read_models models{memory.storage()};
  CHECK(models.load("totals")->has_value() == false);
  const projection_save both[] = {
    save_of("totals", 7), save_of("files", 7, {{"a", "1"}, {"b", "2"}, {"a", "3"}})};
  REQUIRE(models.save(both));
  memory.crash(); // it was synced
  read_models again{memory.storage()};
  CHECK(again.load("totals")->value() == both[0].record);
  CHECK(again.load("files")->value().at == position{7});
  CHECK(rows_of(again, "files", 1) == "a=3 b=2 ");
  CHECK(again.row("files", 1, "b") == "2");
  CHECK(again.row("files", 1, "c").error().code == errc::not_found);
  CHECK(*again.names() == std::vector<std::string>{"files", "totals"});

  const projection_save too_large[] = {save_of("totals", 8),
    {"big", {.state = std::string(limits::projection_state_bytes_max + 1, 'x')}, {}}};
  CHECK(again.save(too_large).error().code == errc::state_too_large);
  CHECK(again.load("totals")->value().at == position{7});
}

TEST_CASE("read models: limits of names and rows are refused by name") {
  memory_tables memory;
  read_models models{memory.storage()};
  const auto refused = [&](const projection_save& save) {
    return models.save({&save, 1}).error().code;
  };
  CHECK(refused(save_of("", 1)) == errc::invalid_argument);
  CHECK(refused(save_of(std::string(201, 'n'), 1)) == errc::invalid_argument);
  CHECK(refused(save_of("p", 1, {{"", "v"}})) == errc::invalid_argument);
  CHECK(refused(save_of("p", 1, {{std::string(256, 'k'), "v"}})) == errc::invalid_argument);
  CHECK(
    refused(save_of("p", 1, {{"k", std::string((1 << 20) + 1, 'v')}})) == errc::state_too_large);
  const projection_save largest[] = {
    save_of(std::string(200, 'n'), 1, {{std::string(255, 'k'), "v"}})};
  CHECK(models.save(largest));
}

TEST_CASE("read models: rows of a prefix, and none of a neighbour") {
  memory_tables memory;
  read_models models{memory.storage()};
  const projection_save both[] = {save_of("p", 1, {{"a/1", "1"}, {"a/2", "2"}, {"b/1", "3"}}),
    save_of("pp", 1, {{"a/1", "other"}})};
  REQUIRE(models.save(both));
  CHECK(rows_of(models, "p", 1, "a/") == "a/1=1 a/2=2 ");
  CHECK(rows_of(models, "p", 1, "a/", "a/2") == "a/2=2 ");
  CHECK(rows_of(models, "p", 1, "", "a/2") == "a/2=2 b/1=3 ");
  CHECK(rows_of(models, "p", 2).empty());
}

TEST_CASE("read models: a rebuild begins a generation, the old rows go in steps") {
  memory_tables memory;
  read_models models{memory.storage()};
  const projection_save old[] = {save_of("p", 9, {{"a", "1"}, {"b", "1"}, {"c", "1"}})};
  REQUIRE(models.save(old));
  projection_save fresh = save_of("p", 0, {{"a", "2"}});
  fresh.record.generation = 2;
  REQUIRE(models.save({&fresh, 1}));
  CHECK(rows_of(models, "p", 2) == "a=2 ");
  CHECK(models.clean("p", 2, 2) == 2);
  CHECK(models.clean("p", 2, 2) == 1);
  CHECK(models.clean("p", 2, 2) == 0);
  CHECK(rows_of(models, "p", 1).empty());
  CHECK(rows_of(models, "p", 2) == "a=2 ");
  REQUIRE(models.forget("p"));
  CHECK(models.clean("p", 0, 100) == 1);
  CHECK_FALSE(models.load("p")->has_value());
}

TEST_CASE("read models: damage is an error that says what to do") {
  memory_tables memory;
  read_models models{memory.storage()};
  const projection_save saved[] = {save_of("p", 1, {{"a", "1"}})};
  REQUIRE(models.save(saved));
  REQUIRE(memory.storage().write(durability::synced, [](table_writer& to) -> result<void> {
    for (const auto table : {table_id{0}, table_id{1}}) {
      std::string key;
      std::string value;
      to.scan(table, "", direction::ascending, [&](std::string_view k, std::string_view v) {
        key = k;
        value = v;
        return false;
      });
      value.back() = static_cast<char>(value.back() ^ 1);
      to.put(table, key, value);
    }
    return {};
  }));
  CHECK(models.load("p").error().code == errc::corrupt);
  CHECK(models.row("p", 1, "a").error().code == errc::corrupt);
  CHECK(models.load("p").error().message.find("aiex projection rebuild p") != std::string::npos);
}

TEST_CASE("snapshots: what is saved comes back, a damaged one is none") {
  memory_tables memory;
  snapshots before{memory.storage()};
  const snapshot taken{7, 99, test::id_of(1), "{\"cents\":5}"};
  const snapshot_save both[] = {{"account-1", taken}, {"account-3", taken}};
  REQUIRE(before.save(both));
  memory.crash(); // it was synced
  snapshots store{memory.storage()};
  CHECK(store.load("account-3")->value() == taken);
  CHECK(store.load("account-1")->value() == taken);
  CHECK_FALSE(store.load("account-2")->has_value());
  REQUIRE(memory.storage().write(durability::synced, [](table_writer& to) -> result<void> {
    to.put(table_id{2}, "account-1", "not what was sealed");
    return {};
  }));
  CHECK_FALSE(store.load("account-1")->has_value());
  const snapshot large{1, 1, {}, std::string(limits::snapshot_bytes_max + 1, 'x')};
  const snapshot_save one_large[] = {{"account-4", taken}, {"account-1", large}};
  CHECK(store.save(one_large).error().code == errc::state_too_large);
  CHECK_FALSE(store.load("account-4")->has_value());
}

} // namespace
} // namespace aiex
