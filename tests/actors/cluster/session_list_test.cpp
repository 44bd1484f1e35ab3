#include "aiex/actors/cluster/session_list.hpp"
#include "aiex/actors/typed/given.hpp"
#include "aiex/persistence/storage/memory_tables.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace aiex {
namespace {

session_row row_of(const std::string& json) {
  session_row row;
  REQUIRE(json_reader{}.read(json, row));
  return row;
}

/// "0007" for 7: ids in an order that one can read.
std::string id_of(std::size_t number) {
  const std::string digits = std::to_string(number);
  return std::string(6 - digits.size(), '0') + digits;
}

/// As a projection would have saved it.
struct saved_list {
  memory_tables tables;
  read_models models{tables.storage()};
  projection_save save{"$sessions", {}, {}};

  void put(const session_row& row) { save.rows.push_back({row.id, encode(row)->data}); }
  void write(const session_counts& counts = {}) {
    save.record.state = encode(counts)->data;
    REQUIRE(models.save({&save, 1}));
  }
  std::vector<std::string> ids(const session_filter& wanted = {}) {
    std::vector<std::string> found;
    const auto page = read_sessions(models, wanted, "");
    REQUIRE(page);
    for (const session_row& row : page->rows)
      found.push_back(row.id);
    return found;
  }
};

TEST_CASE("session_list: a row follows its session, and the counts are true") {
  projection_scenario<session_list> world;
  world.on(session_created{"ann", "/a", "cli", "", "{}"}, "$session-1")
    .on(session_created{"bob", "/b"}, "$session-2")
    .on(session_created{"cid", "/c"}, "$session-3")
    .on(session_recorded{"note", "1"}, "$session-1");
  CHECK(world.state() == session_counts{3, 3, 0, 0, 1});
  const session_row first = row_of(world.rows().at("1"));
  CHECK(first.id == "1");
  CHECK(first.user_id == "ann");
  CHECK(first.project_path == "/a");
  CHECK(first.interface == "cli");
  CHECK(first.status == session_status::active);
  CHECK(first.epoch == 1);
  world.on(session_closed{}, "$session-1")
    .on(session_archived{}, "$session-2")
    .on(session_closed{}, "$session-3")
    .on(session_archived{}, "$session-3");
  CHECK(world.state() == session_counts{3, 0, 1, 2, 1});
  CHECK(row_of(world.rows().at("1")).status == session_status::closed);
  CHECK(row_of(world.rows().at("3")).status == session_status::archived);
}

TEST_CASE("session_list: events of what was never created do not count") {
  projection_scenario<session_list> world;
  world.on(session_recorded{"note", "1"}, "$session-9").on(session_closed{}, "$session-9");
  CHECK(world.state() == session_counts{});
  CHECK(world.rows().empty());
}

TEST_CASE("session_list: filters hold together") {
  saved_list list;
  CHECK(list.ids().empty()); // nothing was ever saved
  CHECK(count_sessions(list.models) == session_counts{});
  list.put({"1", "ann", "/a", "cli", "", session_status::active, "node1"});
  list.put({"2", "ann", "/a", "ide", "", session_status::closed, "node1"});
  list.put({"3", "bob", "/a", "cli", "", session_status::active, "node2"});
  list.write({3, 2, 1, 0, 0});
  using ids = std::vector<std::string>;
  CHECK(list.ids() == ids{"1", "2", "3"});
  CHECK(list.ids({.user_id = "ann"}) == ids{"1", "2"});
  CHECK(list.ids({.interface = "cli"}) == ids{"1", "3"});
  CHECK(list.ids({.node = "node2"}) == ids{"3"});
  CHECK(list.ids({.status = session_status::closed}) == ids{"2"});
  CHECK(list.ids({.user_id = "ann", .status = session_status::active}) == ids{"1"});
  CHECK(list.ids({.user_id = "nobody"}).empty());
  CHECK(count_sessions(list.models) == session_counts{3, 2, 1, 0, 0});
}

TEST_CASE("session_list: pages have limits, and together they are all") {
  saved_list list;
  constexpr std::size_t count = 2 * sessions_examined_per_page_max + 10;
  for (std::size_t i = 0; i < count; ++i)
    list.put({id_of(i), i == count - 1 ? "bob" : "ann"});
  list.write();
  std::set<std::string> seen;
  std::string from;
  do {
    const auto page = read_sessions(list.models, {.user_id = "ann"}, from);
    REQUIRE(page);
    CHECK(page->rows.size() <= sessions_per_page_max);
    for (const session_row& row : page->rows)
      CHECK(seen.insert(row.id).second);
    from = page->next;
  } while (!from.empty());
  CHECK(seen.size() == count - 1);

  const auto rare = read_sessions(list.models, {.user_id = "bob"}, "");
  CHECK(rare->rows.empty()); // so many were looked at, and it goes on behind them
  CHECK(rare->next == id_of(sessions_examined_per_page_max));
}

TEST_CASE("session_list: what cannot be read is damage, not an empty list") {
  saved_list list;
  list.save.rows.push_back({"1", "{}"});
  list.save.record.state = "{}";
  REQUIRE(list.models.save({&list.save, 1}));
  CHECK(read_sessions(list.models, {}, "").error().code == errc::corrupt);
  CHECK(count_sessions(list.models).error().code == errc::corrupt);
}

} // namespace
} // namespace aiex
