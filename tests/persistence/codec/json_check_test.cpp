#include "aiex/persistence/codec/json_check.hpp"
#include "aiex/persistence/codec/utf8.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aiex {
namespace {

TEST_CASE("json check: exactly one value, checked to the last byte") {
  struct example {
    std::string text;
    bool is_json;
    bool is_object;
  };
  const std::string deep(100, '[');
  const std::string too_deep(200, '[');
  const example table[] = {
    {"{}", true, true},
    {R"({"a":[1,2.5e3,"x",true,null]})", true, true},
    {"  {\"a\":1}\n", true, true},
    {"[1]", true, false},
    {"\"text\"", true, false},
    {"7", true, false},
    {"null", true, false},
    {deep + std::string(100, ']'), true, false},
    {too_deep + std::string(200, ']'), false, false},
    {"", false, false},
    {"{", false, false},
    {"{}x", false, false},
    {"{} {}", false, false},
    {"{\"a\":1,}", false, false},
    {"{a:1}", false, false},
    {"{'a':1}", false, false},
    {"[01]", false, false},
    {"[18446744073709551615,-9223372036854775808,0.12345678901234567890123]", true, false},
    {"[18446744073709551616]", false, false},
    {"[1e999]", false, false},
    {"nul", false, false},
    {"\"\xff\"", false, false},
    {"\"a\nb\"", false, false},
  };
  for (const example& row : table) {
    CAPTURE(row.text);
    CHECK(check_json(row.text).has_value() == row.is_json);
    CHECK(check_json_object(row.text).has_value() == row.is_object);
  }
  CHECK(check_json_object("[]").error().code == errc::invalid_data);
}

TEST_CASE("utf8: well formed or not") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"));
  for (const char* broken : {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80"})
    CHECK_FALSE(is_utf8(broken));
}

} // namespace
} // namespace aiex
