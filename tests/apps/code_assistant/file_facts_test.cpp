#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/utf8.hpp"

#include "code_assistant/declaration_head.hpp"
#include "code_assistant/file_facts.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace aiex::code_assistant {
namespace {

constexpr std::string_view sample = R"cpp(// A sample.
#ifndef SAMPLE_H
#define SAMPLE_H
#include <vector>
#ifdef _WIN32
#include <windows/port.h>
#endif

namespace sample {

/* A list. */
class list {
public:
  list() : items_{} {}

  int at(int index) const {
    return items_[index]; // unchecked
  }

private:
  std::vector<int> items_;
};

enum class color { red, green };

} // namespace sample
#endif
)cpp";

TEST_CASE("file_facts: a whole header") {
  const auto facts = analyse_file("a/sample.h", sample);
  CHECK(facts.path == "a/sample.h");
  CHECK(facts.digest == content_digest(sample));
  CHECK(facts.bytes == sample.size());
  CHECK(facts.lines == 27);
  CHECK(facts.code_lines == 19);
  CHECK(facts.comment_lines == 2);
  CHECK(facts.blank_lines == 6);
  CHECK(facts.includes == std::vector<include_directive>{
                            {"vector", 4, true, false}, {"windows/port.h", 6, true, true}});
  CHECK(facts.definitions == std::vector<definition>{{"macro", "SAMPLE_H", 3, 1},
                               {"namespace", "sample", 9, 18}, {"class", "list", 12, 11},
                               {"function", "list::list", 14, 1}, {"function", "list::at", 16, 3},
                               {"enum", "color", 24, 1}});
  CHECK(facts.counts == definition_counts{2, 1, 0, 0, 1, 1, 1});
  CHECK(facts.longest_function == definition{"function", "list::at", 16, 3});
  CHECK_FALSE(facts.cut);
}

TEST_CASE("file_facts: an empty file") {
  const auto facts = analyse_file("empty.c", "");
  file_facts expected;
  expected.path = "empty.c";
  expected.digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  CHECK(facts == expected);
}

TEST_CASE("file_facts: what is not UTF-8 becomes text") {
  const auto facts = analyse_file("a.c", "#include \"gr\xfc.h\"\nvoid f\xff() {}\n");
  REQUIRE(facts.includes.size() == 1);
  CHECK(facts.includes[0].name == "gr?.h");
  REQUIRE(facts.definitions.size() == 1);
  CHECK(facts.definitions[0].name == "f?");
  CHECK(facts.longest_function.name == "f?");
}

TEST_CASE("file_facts: lists are cut, counts are not, and an event holds them") {
  std::string bytes;
  for (std::size_t i = 0; i < includes_per_file_max + 1; ++i)
    bytes += "#include \"" + std::string(include_name_bytes_max + 10, '\\') + "\"\n";
  for (std::size_t i = 0; i < definitions_per_file_max + 5; ++i)
    bytes += "void " + std::string(name_bytes_max + 10, 'f') + "() {}\n";
  const auto facts = analyse_file("large.c", bytes);
  CHECK(facts.cut);
  CHECK(facts.includes.size() == includes_per_file_max);
  CHECK(facts.definitions.size() == definitions_per_file_max);
  CHECK(facts.counts.functions == definitions_per_file_max + 5);

  const std::string field = R"("conditional":false,"angled":false,"line":4194304,"name":"",)";
  const std::string other = R"("kind":"namespace","name":"","line":4194304,"lines":4194304,)";
  std::size_t json_bytes = 1'000;
  for (const auto& each : facts.includes)
    json_bytes += field.size() + 2 * each.name.size(); // each backslash is escaped
  for (const auto& each : facts.definitions)
    json_bytes += other.size() + each.name.size();
  CHECK(json_bytes <= limits::data_bytes_max);
}

TEST_CASE("file_facts: whatever the bytes, facts hold together and are the same twice") {
  const std::vector<std::string> pieces = {"#if A\n", "#if 0\n", "#else\n", "#endif\n", "{", "}",
    "(", ")", ";", "f", "class ", "a", "::", "~", "<", ">", "=", ":", "operator", "\n", "/*", "*/",
    "//", "\"", "R\"(", "#define X", "#include <a>", "typedef struct ", "enum ", "namespace ",
    "\xff"};
  CHECK(rc::check([&] {
    std::string bytes;
    for (const auto pick : *rc::gen::container<std::vector<std::size_t>>(
           rc::gen::inRange<std::size_t>(0, pieces.size())))
      bytes += pieces[pick];
    const auto facts = analyse_file("a.cpp", bytes);
    RC_ASSERT(facts == analyse_file("a.cpp", bytes));
    RC_ASSERT(facts.lines == facts.code_lines + facts.comment_lines + facts.blank_lines);
    for (const auto& found : facts.definitions) {
      RC_ASSERT(is_utf8(found.name));
      RC_ASSERT(found.line >= 1U);
      RC_ASSERT(found.lines >= 1U);
      RC_ASSERT(found.line + found.lines - 1 <= facts.lines);
    }
  }));
}

} // namespace
} // namespace aiex::code_assistant
