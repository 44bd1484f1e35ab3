// One contract, two implementations: every case runs over LMDB and over memory.
#include "aiex/persistence/storage/lmdb_tables.hpp"
#include "aiex/persistence/storage/memory_tables.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"

#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace aiex {
namespace {

constexpr std::array<std::string_view, 2> names{"first", "second"};
constexpr table_id first{0};
constexpr table_id second{1};

struct lmdb_maker {
  test::temporary_folder folder;
  ordered_tables opened = open();

  ordered_tables open() const {
    auto tables = open_lmdb_tables(
      {.folder = folder.path(), .names = names, .map_bytes = 64 << 20, .always_sync = false});
    REQUIRE(tables);
    return *tables;
  }
  ordered_tables tables() { return opened; }
};

struct memory_maker {
  memory_tables memory;
  ordered_tables tables() { return memory.storage(); }
};

void put(const ordered_tables& tables, table_id table, std::string_view key, std::string_view value,
  durability how = durability::unsynced) {
  REQUIRE(tables.write(how, [&](table_writer& to) -> result<void> {
    to.put(table, key, value);
    return {};
  }));
}

std::optional<std::string> get(const ordered_tables& tables, table_id table, std::string_view key) {
  std::optional<std::string> found;
  REQUIRE(tables.read([&](const table_reader& in) {
    if (const auto value = in.get(table, key))
      found = std::string{*value};
  }));
  return found;
}

std::vector<std::string> keys(const table_reader& in, table_id table, std::string_view from,
  direction order = direction::ascending, std::size_t most = 1'000) {
  std::vector<std::string> seen;
  in.scan(table, from, order, [&](std::string_view key, std::string_view) {
    seen.emplace_back(key);
    return seen.size() < most;
  });
  return seen;
}

using strings = std::vector<std::string>;

TEST_CASE_TEMPLATE("ordered tables: keys compare as bytes and are scanned both ways", Maker,
  lmdb_maker, memory_maker) {
  Maker made;
  const ordered_tables tables = made.tables();
  const std::string zero(1, '\0');
  const std::string longest(511, '\xff');
  const strings in_order{zero, zero + "a", "a", "a" + zero, "aa", "b", "\x7f", "\x80", longest};
  for (std::size_t i = in_order.size(); i-- > 0;)
    put(tables, first, in_order[i], "v" + std::to_string(i));
  REQUIRE(tables.read([&](const table_reader& in) {
    CHECK(keys(in, first, "") == in_order);
    CHECK(keys(in, first, "aa") == strings(in_order.begin() + 4, in_order.end()));
    CHECK(keys(in, first, "ab", direction::ascending, 1) == strings{"b"});
    const strings backwards(in_order.rbegin(), in_order.rend());
    CHECK(keys(in, first, table_reader::after_all(), direction::descending) == backwards);
    CHECK(keys(in, first, "aa", direction::descending, 2) == strings{"aa", "a" + zero});
    CHECK(keys(in, first, "ab", direction::descending, 1) == strings{"aa"});
    CHECK(keys(in, first, "", direction::descending).empty());
    CHECK(keys(in, first, table_reader::after_all()).empty());
    CHECK(keys(in, second, "").empty());
    CHECK(in.count(first) == in_order.size());
    CHECK(in.count(second) == 0);
    CHECK(in.get(first, "aa") == "v4");
    CHECK(in.get(second, "aa") == std::nullopt);
    CHECK(in.get(first, "") == std::nullopt);
    CHECK(in.get(first, std::string(600, 'x')) == std::nullopt);
  }));
}

TEST_CASE_TEMPLATE("ordered tables: a transaction sees itself, and is all or nothing", Maker,
  lmdb_maker, memory_maker) {
  Maker made;
  const ordered_tables tables = made.tables();
  put(tables, first, "kept", "1");
  const auto refused = tables.write(durability::synced, [&](table_writer& to) -> result<void> {
    to.put(first, "new", "");
    CHECK(to.get(first, "new") == "");
    CHECK(to.insert(first, "inserted", "a"));
    CHECK_FALSE(to.insert(first, "inserted", "b"));
    CHECK_FALSE(to.insert(first, "kept", "b"));
    CHECK(to.get(first, "inserted") == "a");
    CHECK(to.get(first, "kept") == "1");
    CHECK(to.erase(first, "inserted"));
    CHECK(to.insert(first, "inserted", "c"));
    CHECK(to.erase(first, "inserted"));
    CHECK(to.erase(first, "kept"));
    CHECK_FALSE(to.erase(first, "kept"));
    CHECK_FALSE(to.erase(first, "never"));
    CHECK(to.get(first, "kept") == std::nullopt);
    CHECK(keys(to, first, "") == strings{"new"});
    return fail(errc::refused, "not today");
  });
  CHECK(refused.error().code == errc::refused);
  CHECK(get(tables, first, "kept") == "1");
  CHECK(get(tables, first, "new") == std::nullopt);

  const auto thrower = [](table_writer& to) -> result<void> {
    to.put(first, "new", "x");
    throw std::runtime_error{"a bug"};
  };
  CHECK_THROWS_AS((void)tables.write(durability::synced, thrower), std::runtime_error);
  CHECK(get(tables, first, "new") == std::nullopt);
  const auto breaker = [](table_writer& to) -> result<void> {
    to.put(first, "new", "x");
    throw storage_failure{{errc::corrupt, "page 7", 0}};
  };
  CHECK(tables.write(durability::unsynced, breaker).error().code == errc::corrupt);
  CHECK(get(tables, first, "new") == std::nullopt);
}

TEST_CASE_TEMPLATE(
  "ordered tables: a snapshot does not see what comes after it", Maker, lmdb_maker, memory_maker) {
  Maker made;
  const ordered_tables tables = made.tables();
  put(tables, first, "a", "1");
  put(tables, first, "gone", "1");
  REQUIRE(tables.read([&](const table_reader& in) {
    put(tables, first, "a", "2");
    put(tables, first, "b", "2");
    REQUIRE(tables.write(durability::unsynced, [&](table_writer& to) -> result<void> {
      to.erase(first, "gone");
      return {};
    }));
    CHECK(in.get(first, "a") == "1");
    CHECK(keys(in, first, "") == strings{"a", "gone"});
    CHECK(get(tables, first, "a") == "2"); // a snapshot within a snapshot is newer
  }));
  REQUIRE(tables.read([&](const table_reader& in) {
    CHECK(keys(in, first, "") == strings{"a", "b"});
  }));
}

TEST_CASE_TEMPLATE(
  "ordered tables: the hint that a key is last may be wrong", Maker, lmdb_maker, memory_maker) {
  Maker made;
  const ordered_tables tables = made.tables();
  REQUIRE(tables.write(durability::unsynced, [&](table_writer& to) -> result<void> {
    to.put(first, "b", "1", put_hint::at_end);
    to.put(first, "c", "1", put_hint::at_end);
    to.put(first, "a", "1", put_hint::at_end);
    to.put(first, "c", "2", put_hint::at_end);
    return {};
  }));
  REQUIRE(tables.read([&](const table_reader& in) {
    CHECK(keys(in, first, "") == strings{"a", "b", "c"});
    CHECK(in.get(first, "c") == "2");
  }));
}

TEST_CASE("ordered tables: a crash loses exactly what was not synced") {
  memory_tables memory;
  const ordered_tables tables = memory.storage();
  put(tables, first, "a", "1", durability::synced);
  put(tables, first, "a", "2");
  put(tables, first, "b", "2");
  REQUIRE(tables.sync());
  put(tables, first, "a", "3");
  put(tables, first, "a", "4");
  put(tables, first, "c", "4");
  REQUIRE(tables.write(durability::unsynced, [&](table_writer& to) -> result<void> {
    to.erase(first, "b");
    return {};
  }));
  CHECK(get(tables, first, "a") == "4");
  memory.crash();
  CHECK(tables.sync().error().code == errc::io); // handed out before the crash
  const ordered_tables again = memory.storage();
  CHECK(get(again, first, "a") == "2");
  CHECK(get(again, first, "b") == "2");
  CHECK(get(again, first, "c") == std::nullopt);
}

TEST_CASE("ordered tables: after a failed write nothing is written any more") {
  memory_tables memory;
  const ordered_tables tables = memory.storage();
  memory.fail_next_write();
  const auto write = [&] {
    return tables.write(durability::synced, [](table_writer& to) -> result<void> {
      to.put(first, "a", "1");
      return {};
    });
  };
  CHECK(write().error().code == errc::io);
  CHECK(write().error().code == errc::io);
  CHECK(get(tables, first, "a") == std::nullopt);
  memory.crash();
  put(memory.storage(), first, "a", "1");
}

TEST_CASE("ordered tables: a refused commit keeps nothing, and the next one works") {
  memory_tables memory;
  const ordered_tables tables = memory.storage();
  memory.refuse_next_commit();
  const auto refused = tables.write(durability::unsynced, [](table_writer& to) -> result<void> {
    to.put(first, "a", "1");
    return {};
  });
  CHECK(refused.error().code == errc::store_full);
  CHECK(get(tables, first, "a") == std::nullopt);
  put(tables, first, "a", "2");
  CHECK(get(tables, first, "a") == "2");
}

TEST_CASE("ordered tables: what was written is there when LMDB is opened again") {
  test::temporary_folder folder;
  const auto open = [&](bool read_only = false) {
    auto tables = open_lmdb_tables({.folder = folder.path(),
      .names = names,
      .map_bytes = 8 << 20,
      .always_sync = true,
      .read_only = read_only});
    REQUIRE(tables);
    return *tables;
  };
  put(open(), second, "a", "1");
  CHECK(get(open(), second, "a") == "1");
  CHECK(get(open(true), second, "a") == "1");
  std::vector<std::string_view> many(33, "x");
  CHECK(open_lmdb_tables({.folder = folder.path(), .names = many}).error().code ==
        errc::invalid_argument);
}

TEST_CASE("ordered tables: LMDB's room is what its map or the disk has left") {
  const lmdb_maker made;
  const std::uint64_t before = made.opened.bytes_free();
  CHECK(before <= 64 << 20);
  CHECK(before > 32 << 20);
  put(made.opened, first, "a", std::string(1 << 20, 'x'));
  CHECK(made.opened.bytes_free() <= before - (1 << 20));
}

TEST_CASE("ordered tables: a full map refuses and loses nothing") {
  test::temporary_folder folder;
  auto tables = open_lmdb_tables({.folder = folder.path(), .names = names, .map_bytes = 1 << 20});
  REQUIRE(tables);
  int written = 0;
  result<void> answer;
  while (answer && written < 1'000) {
    answer = tables->write(durability::synced, [&](table_writer& to) -> result<void> {
      to.put(first, std::to_string(written), std::string(9'000, 'x'));
      return {};
    });
    written += answer ? 1 : 0;
  }
  CHECK(answer.error().code == errc::store_full);
  REQUIRE(tables->read([&](const table_reader& in) {
    CHECK(keys(in, first, "").size() == static_cast<std::size_t>(written));
  }));
}

// Random transactions, some abandoned: both implementations agree with a map.
template <class Maker>
void agrees_with_a_map() {
  struct operation {
    std::string key;
    std::string value;
    bool is_erase;
  };
  using model = std::map<std::string, std::string>;
  Maker made;
  const ordered_tables tables = made.tables();
  model expected;
  const int count = *rc::gen::inRange(1, 12);
  for (int i = 0; i < count; ++i) {
    const auto operations =
      *rc::gen::container<std::vector<operation>>(rc::gen::construct<operation>(
        rc::gen::map(rc::gen::inRange(0, 30), [](int n) { return "k" + std::to_string(n); }),
        rc::gen::arbitrary<std::string>(), rc::gen::arbitrary<bool>()));
    const bool is_kept = *rc::gen::arbitrary<bool>();
    model next = expected;
    const auto answer = tables.write(durability::unsynced, [&](table_writer& to) -> result<void> {
      for (const operation& each : operations) {
        if (each.is_erase) {
          RC_ASSERT(to.erase(first, each.key) == (next.erase(each.key) == 1));
        } else {
          to.put(first, each.key, each.value);
          next[each.key] = each.value;
        }
      }
      return is_kept ? result<void>{} : fail(errc::refused, "abandoned");
    });
    RC_ASSERT(answer.has_value() == is_kept);
    if (is_kept)
      expected = std::move(next);
    model seen;
    RC_ASSERT(tables
                .read([&](const table_reader& in) {
                  in.scan(first, "", direction::ascending,
                    [&](std::string_view key, std::string_view value) {
                      seen.emplace(key, value);
                      return true;
                    });
                })
                .has_value());
    RC_ASSERT(seen == expected);
  }
}

TEST_CASE("ordered tables: random transactions agree with a map") {
  CHECK(rc::check("memory", agrees_with_a_map<memory_maker>));
  CHECK(rc::check("LMDB", agrees_with_a_map<lmdb_maker>));
}

} // namespace
} // namespace aiex
