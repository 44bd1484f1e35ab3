#include "aiexd/verbs/crash_test_text.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace aiex {
namespace {

crash crash_of(crash_site site) {
  return {.child = "aiexd/ann",
    .reason = "no such row",
    .at = "2026-11-26T08:00:00.000000Z",
    .site = std::move(site)};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("crash_test_text: a test that is compiled and run among ours") {
  const std::vector<told_event> happened{
    {"opened", 2, R"({"owner":"ann","currency":"eur","contacts":[]})"},
    {"deposited", 1, R"({"cents":500,"note":")aiex","cash":false})"}, // what ends a raw string
  };
  auto text = crash_test_text(
    crash_of({"account-ann", 2, "withdraw", R"({"cents":200})", "order-1", "cause-1"}), happened);
  std::ifstream exported{AIEX_EXPORTED_CRASH};
  const std::string expected{std::istreambuf_iterator<char>{exported}, {}};
  const std::string included = "\"account.hpp\"";
  const auto at = text->find(included);
  REQUIRE(at != std::string::npos);
  text->replace(at, included.size(), "\"support/exported_account.hpp\"");
  CHECK(*text == expected);
}

TEST_CASE("crash_test_text: an event that cannot be applied") {
  const std::vector<told_event> happened{{"opened", 1, "{}"}};
  const auto text = crash_test_text(crash_of({"account-ann", 1}), happened);
  REQUIRE(text);
  CHECK(has(*text, "applying its last event at version 1 threw: no such row"));
  CHECK(has(*text, "CHECK_NOTHROW(replay());"));
  CHECK_FALSE(has(*text, "It belonged to"));
}

TEST_CASE("crash_test_text: names and texts are made fit for C++") {
  crash seen = crash_of({"2nd-hand \"x\"", 1, "sell", "{}", "order\\"});
  seen.reason = "a \\";
  const auto text = crash_test_text(seen, {});
  REQUIRE(text);
  CHECK(has(*text, "aiex::stored_scenario<_2nd>"));
  CHECK(has(*text, R"(TEST_CASE("2nd-hand \"x\" at version 1: sell"))"));
  CHECK(has(*text, "threw: a /\n")); // a backslash would go on in the next line
  CHECK(has(*text, "belonged to order/."));
}

TEST_CASE("crash_test_text: without the command's data there is no test") {
  const auto text = crash_test_text(crash_of({"account-ann", 1, "withdraw"}), {});
  CHECK(text.error().code == errc::invalid_data);
}

} // namespace
} // namespace aiex
