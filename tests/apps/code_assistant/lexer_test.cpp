#include "code_assistant/lexer.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

namespace aiex::code_assistant {
namespace {

using namespace std::string_literals;

char letter(token_kind kind) {
  return "insch#p/"[static_cast<std::size_t>(kind)];
}

/// "i:foo p:; ": kind and text of each token, '!' before those of directives.
std::string tokens_of(std::string_view bytes) {
  std::string all;
  lexer source{bytes};
  while (const auto found = source.next()) {
    if (found->in_directive)
      all += '!';
    all += letter(found->kind);
    all += ':';
    all += found->text;
    all += ' ';
  }
  return all;
}

std::string lines_of(std::string_view bytes) {
  std::string all;
  lexer source{bytes};
  while (const auto found = source.next())
    all += std::to_string(found->line) + "-" + std::to_string(found->line_end) + " ";
  return all;
}

struct example {
  std::string name;
  std::string bytes;
  std::string expected;
};

TEST_CASE("lexer: what each kind of token looks like") {
  const example table[] = {
    {"nothing", "", ""},
    {"blanks only", " \t\r\n\v\f\0"s, ""},
    {"words and punctuation", "a::b->c(d);", "i:a p::: i:b p:-> i:c p:( i:d p:) p:; "},
    {"names beyond ASCII", "größe $x _1", "i:größe i:$x i:_1 "},
    {"a byte order mark", "\xef\xbb\xbfint", "i:int "},
    {"numbers", "1'000 0x1p-3 .5e+1f 1_km 1-2", "n:1'000 n:0x1p-3 n:.5e+1f n:1_km n:1 p:- n:2 "},
    {"a quote behind a number", "1'", "n:1 c:' "},
    {"strings", R"cc("a\"b" L"c" u8"d" 'e' U'\'')cc",
      R"cc(s:"a\"b" s:L"c" s:u8"d" c:'e' c:U'\'' )cc"},
    {"an escape at the very end", "\"a\\", "s:\"a\\ "},
    {"a literal nobody closes ends with its line", "\"a\nb", "s:\"a i:b "},
    {"a raw string", "R\"(a\"b)\" c", "s:R\"(a\"b)\" i:c "},
    {"a raw string with delimiter", "u8R\"x(a)\" )y\" )x\"c", "s:u8R\"x(a)\" )y\" )x\" i:c "},
    {"no delimiter has 17 bytes", "R\"12345678901234567()\"", "i:R s:\"12345678901234567()\" "},
    {"a raw string nobody closes", "R\"(a\nb", "s:R\"(a\nb "},
    {"a raw string cut short", "R\"a(b)a", "s:R\"a(b)a "},
    {"a line comment", "a // b \"c\nd", "i:a /:// b \"c i:d "},
    {"a line comment that continues", "// a\\\nb\nc", "/:// a\\\nb i:c "},
    {"the same with carriage returns", "// a\\\r\nb\r\nc", "/:// a\\\r\nb\r i:c "},
    {"a block comment", "a/*b//\n*/c", "i:a /:/*b//\n*/ i:c "},
    {"a block comment nobody closes", "/*/", "/:/*/ "},
    {"digraphs", "<% %> <: :> %:", "p:{ p:} p:[ p:] p:# "},
    {"a template's argument with a scope", "a<::b> a<:::b",
      "i:a p:< p::: i:b p:> i:a p:[ p::: i:b "},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    CHECK(tokens_of(row.bytes) == row.expected);
  }
}

TEST_CASE("lexer: directives") {
  const example table[] = {
    {"an include with brackets", "#include <a/b.h>\nc", "!#:# !i:include !h:<a/b.h> i:c "},
    {"an include with quotes", " # include \"a//b\" // c", "!#:# !i:include !h:\"a//b\" !/:// c "},
    {"an include of a macro", "#include A", "!#:# !i:include !i:A "},
    {"brackets nobody closes", "#include <a\n>", "!#:# !i:include !p:< !i:a p:> "},
    {"written with a digraph", "%:include <a>", "!#:# !i:include !h:<a> "},
    {"less than elsewhere", "#if A<B>C", "!#:# !i:if !i:A !p:< !i:B !p:> !i:C "},
    {"behind a comment", "/* a\n */ #if", "/:/* a\n */ !#:# !i:if "},
    {"a comment over lines does not end it", "#if /*\n*/ A\nB", "!#:# !i:if !/:/*\n*/ !i:A i:B "},
    {"a continued line", "#define A \\\n B\nC", "!#:# !i:define !i:A !i:B i:C "},
    {"pasting", "#define A a##b", "!#:# !i:define !i:A !i:a !p:# !p:# !i:b "},
    {"not at the beginning of a line", "a # b", "i:a p:# i:b "},
    {"a quote in words", "#error don't\na", "!#:# !i:error !i:don !c:'t i:a "},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    CHECK(tokens_of(row.bytes) == row.expected);
  }
}

TEST_CASE("lexer: lines") {
  const example table[] = {
    {"one per line", "a\nb\n\nc", "1-1 2-2 4-4 "},
    {"a block comment", "/*\n\n*/ a", "1-3 3-3 "},
    {"a raw string", "R\"(\n)\" a", "1-2 2-2 "},
    {"a raw string nobody closes", "R\"(\na\n", "1-2 "},
    {"a continued string", "\"a\\\nb\" c", "1-2 2-2 "},
    {"a continued comment", "// a\\\n\n b", "1-2 3-3 "},
    {"a continued line", "a\\\nb", "1-1 2-2 "},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    CHECK(lines_of(row.bytes) == row.expected);
  }
}

TEST_CASE("lexer: whatever the bytes, tokens stand in order and only blanks between them") {
  const std::string nasty = "aR\"'(){}<>:%#/*\\\n\r \0.1eu8L\xff"s;
  CHECK(rc::check([&] {
    const auto picks =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, nasty.size()));
    std::string bytes;
    for (const auto pick : picks)
      bytes += nasty[pick];
    lexer source{bytes};
    std::size_t position = 0;
    std::uint32_t line = 1;
    while (const auto found = source.next()) {
      RC_ASSERT(found->line >= line);
      RC_ASSERT(found->line_end >= found->line);
      line = found->line_end;
      if (found->text.data() < bytes.data() || found->text.data() >= bytes.data() + bytes.size()) {
        RC_ASSERT(found->text.size() == 1U); // a digraph
        continue;
      }
      const auto begin = static_cast<std::size_t>(found->text.data() - bytes.data());
      RC_ASSERT(begin >= position);
      position = begin + found->text.size();
      RC_ASSERT(position <= bytes.size());
    }
    RC_ASSERT(line <= 1 + static_cast<std::uint32_t>(std::count(bytes.begin(), bytes.end(), '\n')));
  }));
}

TEST_CASE("lexer: 1 MiB of what opens and never closes are read once") {
  for (const std::string piece : {"R\"(", "/*", "\"", "'", "R\"a", "<%", "#include <", "\\\n"}) {
    CAPTURE(piece);
    std::string bytes;
    while (bytes.size() < (1 << 20))
      bytes += piece;
    lexer source{bytes};
    std::size_t count = 0;
    while (source.next())
      ++count;
    CHECK(count <= bytes.size());
  }
}

} // namespace
} // namespace aiex::code_assistant
