#include "aiex/actors/typed/row_table.hpp"

#include "support/bank.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using test::bank::movement;

/// Saved: "a" is "1"; "damaged" cannot be read.
row_table rows() {
  return row_table{[](std::string_view key) -> result<std::optional<std::string>> {
    if (key == "damaged")
      return fail(errc::corrupt, "row damaged");
    return key == "a" ? std::optional<std::string>{"1"} : std::nullopt;
  }};
}

TEST_CASE("row_table: changes stand in front of what is saved") {
  row_table table = rows();
  CHECK(table.get("a") == "1");
  CHECK_FALSE(table.get("b"));
  table.put("b", std::string{"2"});
  table.erase("a");
  CHECK(table.get("b") == "2");
  CHECK_FALSE(table.contains("a"));
  const auto changes = table.take_changes();
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].key == "a");
  CHECK_FALSE(changes[0].value);
  CHECK(changes[1].value == "2");
  CHECK(table.changed_bytes() == 0);
  CHECK(table.get("a") == "1");
  CHECK_FALSE(table.failure());
}

TEST_CASE("row_table: counts the bytes of its changes") {
  row_table table = rows();
  table.put("ab", std::string(10, 'x'));
  CHECK(table.changed_bytes() == 12);
  table.put("ab", std::string(4, 'x'));
  CHECK(table.changed_bytes() == 6);
  table.erase("ab");
  CHECK(table.changed_bytes() == 2);
  table.drop_changes();
  CHECK(table.changed_bytes() == 0);
}

TEST_CASE("row_table: the first failure stays") {
  struct example {
    const char* name;
    std::function<void(row_table&)> act;
    errc code;
  };
  const example table[] = {
    {"a row that cannot be read", [](row_table& rows) { rows.get("damaged"); }, errc::corrupt},
    {"no key", [](row_table& rows) { rows.put("", std::string{"1"}); }, errc::invalid_argument},
    {"a key too long",
      [](row_table& rows) { rows.erase(std::string(limits::row_key_bytes_max + 1, 'k')); },
      errc::invalid_argument},
    {"a value too large",
      [](row_table& rows) { rows.put("k", std::string(limits::row_value_bytes_max + 1, 'v')); },
      errc::state_too_large},
    {"a row of another form", [](row_table& rows) { rows.get_as<movement>("a"); },
      errc::invalid_data},
    {"a text that is not UTF-8",
      [](row_table& rows) {
        rows.put("k", test::bank::contact{"\xff", {}});
      },
      errc::invalid_data},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    row_table made = rows();
    row.act(made);
    REQUIRE(made.failure());
    CHECK(made.failure()->code == row.code);
    made.get("damaged");
    CHECK(made.failure()->code == row.code);
  }
  row_table made = rows();
  made.put(
    std::string(limits::row_key_bytes_max, 'k'), std::string(limits::row_value_bytes_max, 'v'));
  CHECK_FALSE(made.failure());
}

TEST_CASE("row_table: typed rows") {
  row_table table = rows();
  table.put("m", movement{3});
  CHECK(table.get("m") == R"({"count":3})");
  CHECK(table.get_as<movement>("m")->count == 3);
  CHECK_FALSE(table.get_as<movement>("n"));
}

} // namespace
} // namespace aiex
