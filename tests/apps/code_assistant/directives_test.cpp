#include "code_assistant/directives.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aiex::code_assistant {
namespace {

std::string print(const directive& found) {
  static constexpr const char* names[] = {"include", "define", "if", "else", "endif", "other"};
  std::string text = names[static_cast<std::size_t>(found.kind)];
  if (!found.name.empty())
    text += " " + std::string{found.name};
  text += found.angled ? " angled" : "";
  text += found.conditional ? " conditional" : "";
  text += found.never ? " never" : "";
  return text + " " + std::to_string(found.line) + "-" + std::to_string(found.line_end) + "\n";
}

std::string read(std::string_view bytes) {
  std::string all;
  directive_reader reader;
  lexer source{bytes};
  while (const auto seen = source.next())
    if (seen->kind != token_kind::comment)
      if (const auto found = reader.add(*seen))
        all += print(*found);
  if (const auto last = reader.finish())
    all += print(*last);
  return all;
}

TEST_CASE("directives: what they say") {
  struct example {
    std::string name;
    std::string bytes;
    std::string expected;
  };
  const example table[] = {
    {"none", "a # b\n", ""},
    {"includes", "#include <a.h>\nx\n# include \"b/c.h\" // d",
      "include a.h angled 1-1\ninclude b/c.h 3-3\n"},
    {"an include of a macro", "#include A", "other 1-1\n"},
    {"macros", "#define A\n#define B(x) \\\n  x\n", "define A 1-1\ndefine B 2-3\n"},
    {"a null directive", "#\n#\nx", "other 1-1\nother 2-2\n"},
    {"a condition", "#if A\n#include <b>\n#elif C\n#else\n#endif\n#include <d>",
      "if 1-1\ninclude b angled conditional 2-2\nelse conditional 3-3\nelse conditional 4-4\n"
      "endif 5-5\ninclude d angled 6-6\n"},
    {"if 0", "#if 0\n#endif", "if never 1-1\nendif 2-2\n"},
    {"not if 0", "#if 0 || A\n#endif", "if 1-1\nendif 2-2\n"},
    {"a guard", "#ifndef A_H\n#define A_H\n#include <b>\n#if C\n#include <d>\n#endif\n#endif",
      "if 1-1\ndefine A_H 2-2\ninclude b angled 3-3\nif 4-4\ninclude d angled conditional 5-5\n"
      "endif 6-6\nendif 7-7\n"},
    {"a guard with defined", "#if !defined(A_H)\n#define A_H\n#include <b>\n",
      "if 1-1\ndefine A_H 2-2\ninclude b angled 3-3\n"},
    {"no guard: another name", "#ifndef A\n#define B\n#include <b>\n",
      "if 1-1\ndefine B conditional 2-2\ninclude b angled conditional 3-3\n"},
    {"no guard: asks whether it is defined", "#ifdef A\n#define A\n#include <b>\n",
      "if 1-1\ndefine A conditional 2-2\ninclude b angled conditional 3-3\n"},
    {"behind the guard's end", "#ifndef A\n#define A\n#endif\n#if B\n#include <c>\n",
      "if 1-1\ndefine A 2-2\nendif 3-3\nif 4-4\ninclude c angled conditional 5-5\n"},
    {"more ends than beginnings", "#endif\n#endif\n#include <c>",
      "endif 1-1\nendif 2-2\ninclude c angled 3-3\n"},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    CHECK(read(row.bytes) == row.expected);
  }
}

} // namespace
} // namespace aiex::code_assistant
