#include "aiex/persistence/codec/json_parts.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE("a member is given back byte for byte") {
  const std::string_view object =
    "{\"z\": [1e2, 0.10] ,\"a\":{\"k\" :\t\"\\u0041\", \"b\":1.0}, "
    "\"n\":123456789012345678901234567890 ,"
    "\"t\":\"x \" , \"f\":false\n,\"e\":\"\",\"u\":null,\"\\u006c\":7 }";
  const std::pair<const char*, const char*> rows[] = {
    {"z", "[1e2, 0.10]"}, {"a", "{\"k\" :\t\"\\u0041\", \"b\":1.0}"},
    {"n", "123456789012345678901234567890"}, {"t", "\"x \""}, {"f", "false"}, {"e", "\"\""},
    {"u", "null"}, {"l", "7"}, // a key may be written with escapes
  };
  for (const auto& [key, written] : rows) {
    CAPTURE(key);
    CHECK(json_member(object, key) == written);
  }
  CHECK(json_member(object, "k") == std::nullopt); // stands deeper
  CHECK(json_member("[1]", "k") == std::nullopt);
  CHECK(json_member("", "k") == std::nullopt);
}

TEST_CASE("items are given back byte for byte, in their order") {
  CHECK(json_items("[ 1e2 , {\"a\": [ ] },\"]\" ,null]") ==
        std::vector<std::string>{"1e2", "{\"a\": [ ] }", "\"]\"", "null"});
  CHECK(json_items("[]").empty());
  CHECK(json_items("{}").empty());
}

} // namespace
} // namespace aiex
