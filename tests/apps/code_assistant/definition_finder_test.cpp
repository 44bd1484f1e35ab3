#include "code_assistant/definition_finder.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aiex::code_assistant {
namespace {

definition_finder read(std::string_view bytes, std::size_t kept_max = 100) {
  definition_finder finder{kept_max};
  directive_reader directives;
  lexer source{bytes};
  while (const auto seen = source.next()) {
    if (seen->kind == token_kind::comment)
      continue;
    if (const auto ended = directives.add(*seen))
      finder.add(*ended);
    if (!seen->in_directive)
      finder.add(*seen);
  }
  if (const auto ended = directives.finish())
    finder.add(*ended);
  finder.finish();
  return finder;
}

/// "function f 1+3": kind, name, line and lines of each.
std::string definitions_of(std::string_view bytes) {
  std::string all;
  const auto finder = read(bytes);
  for (const auto& found : finder.definitions())
    all += found.kind + " " + found.name + " " + std::to_string(found.line) + "+" +
           std::to_string(found.lines) + "\n";
  return all;
}

struct example {
  std::string name;
  std::string bytes;
  std::string expected;
};

TEST_CASE("definition_finder: scopes") {
  const example table[] = {
    {"nothing", "", ""},
    {"declarations define nothing", "int f(); class a; int b = 1; enum c : int; friend class d;",
      ""},
    {"functions one after another", "int f() {\n}\nint g()\n{\n  if (a) { b(); }\n}\n",
      "function f 1+2\nfunction g 3+4\n"},
    {"members are named with their classes",
      "class a {\npublic:\n a() : b{1} {}\n struct c { int d() { return 1; } };\n int b;\n};",
      "class a 1+6\nfunction a::a 3+1\nstruct a::c 4+1\nfunction a::c::d 4+1\n"},
    {"but not with their namespaces", "namespace n {\nnamespace {\nvoid f() {}\n}\n}",
      "namespace n 1+5\nnamespace  2+3\nfunction f 3+1\n"},
    {"a name may begin with its scope", "\n::f() {}\n::a::g() {}\n",
      "function f 2+1\nfunction a::g 3+1\n"},
    {"extern C is no definition", "extern \"C\" {\nvoid f() {}\n}\nvoid g() {}",
      "function f 2+1\nfunction g 4+1\n"},
    {"enums hold no definitions", "enum class e { a = f(), b };\nvoid g() {}",
      "enum e 1+1\nfunction g 2+1\n"},
    {"names of typedefs",
      "typedef struct { int a; } b;\ntypedef enum { c } d;\ntypedef struct e { } f;\nstruct { } g;",
      "struct b 1+1\nenum d 2+1\nstruct e 3+1\nstruct  4+1\n"},
    {"initializers", "int a[] = {1, 2};\nauto b = [] { return 1; };\nvoid f() {}",
      "function f 3+1\n"},
    {"a function's try", "void f() try {\n} catch (a& b) {\n}\nvoid g() {}",
      "function f 1+2\nfunction g 4+1\n"},
    {"macros", "#define A 1\n#define B(x) \\\n  x\n", "macro A 1+1\nmacro B 2+2\n"},
    {"a macro without its semicolon", "FOO(x)\nvoid f() {}\nBAR { 1 }\nvoid g() {}",
      "function f 2+1\nfunction g 4+1\n"},
    {"digraphs", "struct a <% void f() <% %> %>;", "struct a 1+1\nfunction a::f 1+1\n"},
    {"braces in literals and comments", "void f() { '{'; \"{\"; /*{*/ R\"({)\"; }\nvoid g() {}",
      "function f 1+1\nfunction g 2+1\n"},
    {"a brace nobody closes", "class a {\nvoid f() {\n", "class a 1+2\nfunction a::f 2+1\n"},
    {"a brace nobody opened", "} } void f() {} } void g() {}", "function f 1+1\nfunction g 1+1\n"},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    CHECK(definitions_of(row.bytes) == row.expected);
  }
}

TEST_CASE("definition_finder: conditionals") {
  const example table[] = {
    {"each branch is seen",
      "#if A\nvoid f() {}\n#elif B\nvoid g() {}\n#else\nvoid h() {}\n#endif\nvoid i() {}",
      "function f 2+1\nfunction g 4+1\nfunction h 6+1\nfunction i 8+1\n"},
    {"a brace opened in each branch is one",
      "#ifdef A\nvoid f(int a) {\n#else\nvoid f(long a) {\n#endif\n}\nvoid g() {}",
      "function f 2+5\nfunction g 7+1\n"},
    {"a brace of one branch alone",
      "#ifdef __cplusplus\nextern \"C\" {\n#endif\nvoid f() {}\n#ifdef "
      "__cplusplus\n}\n#endif\nvoid g() {}",
      "function f 4+1\nfunction g 8+1\n"},
    {"a head in two versions", "#if A\nint f(int a)\n#else\nint f()\n#endif\n{\n}\nvoid g() {}",
      "function f 2+6\nfunction g 8+1\n"},
    {"a brace closed in each branch is one", "void f() {\n#if A\n}\n#else\n}\n#endif\nvoid g() {}",
      "function f 1+3\nfunction g 7+1\n"},
    {"inside a function",
      "void f() {\n#if A\n if (a) {\n#else\n if (b) {\n#endif\n }\n}\nvoid g() {}",
      "function f 1+8\nfunction g 9+1\n"},
    {"if 0 is not seen", "#if 0\nvoid f() {\n#if A\n#else\n#endif\n#define B\n#endif\nvoid g() {}",
      "function g 8+1\n"},
    {"but its else is", "#if 0\nclass a {\n#else\nvoid f() {\n#endif\n}\nvoid g() {}",
      "function f 4+3\nfunction g 7+1\n"},
    {"ends without beginnings", "#endif\n#else\nvoid f() {}", "function f 3+1\n"},
    {"a conditional nobody ends", "#if A\nvoid f() {\n", "function f 2+1\n"},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    CHECK(definitions_of(row.bytes) == row.expected);
  }
}

TEST_CASE("definition_finder: beyond its limits it still counts") {
  std::string many;
  for (int i = 0; i < 10; ++i)
    many += "void f() {\n}\n";
  const auto found = read(many + "void longest() {\n\n}", 3);
  CHECK(found.definitions().size() == 3);
  CHECK(found.counts().functions == 11);
  CHECK(found.longest_function() == definition{"function", "longest", 21, 3});

  std::string deep;
  for (std::size_t i = 0; i < scopes_max + 10; ++i)
    deep += "namespace a {";
  const auto scopes = read(deep + std::string(scopes_max + 10, '}') + "void f() {}");
  CHECK(scopes.counts().namespaces == scopes_max + 1);
  CHECK(scopes.counts().functions == 1);

  std::string conditions;
  std::string ends;
  for (std::size_t i = 0; i < conditionals_max + 10; ++i) {
    conditions += "#if A\n";
    ends += "#else\n}\n#endif\n";
  }
  CHECK(read("void f() {\n" + conditions + ends + "}\nvoid g() {}").counts().functions == 2);
}

TEST_CASE("definition_finder: the first of the longest functions") {
  CHECK(read("void f() {}\nvoid g() {\n}\nvoid h() {\n}").longest_function() ==
        definition{"function", "g", 2, 2});
  CHECK(read("class a {\n\n};").longest_function() == definition{});
}

} // namespace
} // namespace aiex::code_assistant
