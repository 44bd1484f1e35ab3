#include "aiex/persistence/store/store_origin.hpp"

#include "support/store_folder.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE("store origin: what is written is read, what is not written or damaged says so") {
  const test::temporary_folder folder;
  const auto none = read_origin(folder.path());
  REQUIRE(none);
  CHECK_FALSE(none->has_value());

  store_origin made{.store = test::id_of(1),
    .history = test::id_of(2),
    .at = {3, {}, {4}, test::at_us(-5)},
    .archived_at = test::at_us(6),
    .restored_at = test::at_us(7)};
  made.at.chain.fill(0xcd);
  REQUIRE(write_origin(folder.path(), made));
  const auto read = read_origin(folder.path());
  REQUIRE(read);
  CHECK(**read == made);

  const auto file = folder.path() / "origin";
  const std::string text = test::bytes_of(file);
  struct example {
    const char* name;
    std::string text;
    errc expected;
  };
  const example table[] = {
    {"newer", "format 2\nsomething else\n", errc::unknown_version},
    {"empty", "", errc::corrupt},
    {"cut short", text.substr(0, text.size() / 2), errc::corrupt},
    {"another word", "format 1\nshop" + text.substr(text.find(' ', 9)), errc::corrupt},
    {"no id", "format 1\nstore x" + text.substr(text.find("\nhistory")), errc::corrupt},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    test::write_bytes(file, row.text);
    const auto broken = read_origin(folder.path());
    REQUIRE_FALSE(broken);
    CHECK(broken.error().code == row.expected);
  }
}

} // namespace
} // namespace aiex
