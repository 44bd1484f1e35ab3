#include "code_assistant/arguments.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace aiex::code_assistant {
namespace {

TEST_CASE("arguments: what is understood") {
  const auto parse = [](std::vector<const char*> words) { return parse_arguments(words); };
  CHECK(parse({})->data == "aiex-data");
  CHECK(parse({})->tree == ".");
  CHECK(parse({"/src", "--data", "d"})->tree == "/src");
  CHECK(parse({"/src", "--data", "d"})->data == "d");
  CHECK(parse({"--data", "d", "/src"})->tree == "/src");
  CHECK(parse({"--help"})->wants_help);
  CHECK(parse({})->nodes == 1);
  CHECK(parse({"--nodes", "3", "/src"})->nodes == 3);
  CHECK(parse({"--name", "n2", "--join", "127.0.0.1:1"})->join == "127.0.0.1:1");
}

TEST_CASE("arguments: what is refused, and nothing is ignored") {
  const std::vector<std::vector<const char*>> table{{"--date", "d"}, {"-x"}, {"a", "b"}, {"--data"},
    {"--data", ""}, {""}, {"--nodes"}, {"--nodes", "0"}, {"--nodes", "10"}, {"--nodes", "x"},
    {"--name", "n2"}, {"--join", "a:1"}, {"--name", "n2", "--join", "a:1", "--nodes", "3"}};
  for (const auto& words : table) {
    CAPTURE(words.front());
    const auto parsed = parse_arguments(words);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == errc::invalid_argument);
  }
}

} // namespace
} // namespace aiex::code_assistant
