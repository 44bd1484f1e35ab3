#include "code_assistant/line_counts.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>

namespace aiex::code_assistant {
namespace {

line_totals count(std::string_view bytes) {
  line_counts lines{bytes};
  lexer source{bytes};
  while (const auto found = source.next())
    lines.add(*found);
  return lines.totals();
}

TEST_CASE("line_counts: code, comment and blank") {
  struct example {
    std::string name;
    std::string bytes;
    line_totals expected;
  };
  const example table[] = {
    {"an empty file", "", {0, 0, 0, 0}},
    {"one line without an end", "a", {1, 1, 0, 0}},
    {"one line with an end", "a\n", {1, 1, 0, 0}},
    {"blank lines", "\n \t\r\n", {2, 0, 0, 2}},
    {"code wins over a comment beside it", "a // b\n/* c */ d\n", {2, 2, 0, 0}},
    {"comments", "// a\n/* b */\n", {2, 0, 2, 0}},
    {"a block comment with a blank line", "/* a\n\n   b */\n", {3, 0, 2, 1}},
    {"code where a block comment ends", "/* a\n*/ b", {2, 1, 1, 0}},
    {"a raw string is code throughout", "R\"(\n\n)\"\n", {3, 3, 0, 0}},
    {"a continued directive", "#define A \\\n  B\n", {2, 2, 0, 0}},
    {"a comment nobody closes", "/* a\n\n\n", {3, 0, 1, 2}},
    {"a raw string nobody closes", "R\"(\n", {1, 1, 0, 0}},
    {"a continuation at the very end", "\"a\\\n", {1, 1, 0, 0}},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    const auto found = count(row.bytes);
    CHECK(found.lines == row.expected.lines);
    CHECK(found.code == row.expected.code);
    CHECK(found.comment == row.expected.comment);
    CHECK(found.blank == row.expected.blank);
  }
}

TEST_CASE("line_counts: whatever the bytes, the parts make the whole") {
  CHECK(rc::check([](const std::string& bytes) {
    const auto found = count(bytes);
    RC_ASSERT(found.lines == found.code + found.comment + found.blank);
  }));
}

} // namespace
} // namespace aiex::code_assistant
