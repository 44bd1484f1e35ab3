#include "aiex/persistence/codec/utf8.hpp"

#include "code_assistant/plain_text.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace aiex::code_assistant {
namespace {

using namespace std::string_literals;

TEST_CASE("plain_text: what is kept, replaced and cut") {
  struct example {
    std::string bytes;
    std::size_t bytes_max;
    std::string text;
  };
  const example table[] = {
    {"", 10, ""},
    {"src/a.cpp", 10, "src/a.cpp"},
    {"größe €", 20, "größe €"},
    {"\xf0\x9f\x98\x80", 4, "\xf0\x9f\x98\x80"},
    {"a\nb\0c\x7f\x1b"s, 10, "a?b?c??"},
    {"gr\xf6\xdf"
     "e",
      10, "gr??e"},
    {"\xe2\x82", 10, "??"},
    {"abc", 2, "ab"},
    {"aé", 2, "a"},
    {"aé", 3, "aé"},
    {"abc", 0, ""},
  };
  for (const auto& row : table) {
    CAPTURE(row.bytes);
    CHECK(plain_text(row.bytes, row.bytes_max) == row.text);
  }
}

TEST_CASE("plain_text: whatever the bytes, it is text within the limit") {
  CHECK(rc::check([](const std::string& bytes) {
    const auto text = plain_text(bytes, 20);
    RC_ASSERT(is_utf8(text));
    RC_ASSERT(text.size() <= 20U);
    RC_ASSERT(plain_text(text, 20) == text);
  }));
}

TEST_CASE("columns: counts characters") {
  CHECK(columns("") == 0);
  CHECK(columns("abc") == 3);
  CHECK(columns("größe €") == 7);
}

} // namespace
} // namespace aiex::code_assistant
