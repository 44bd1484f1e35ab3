#include "aiex/explanation.hpp"

#include <doctest/doctest.h>

#include <set>

namespace aiex::tool {
namespace {

TEST_CASE("explanation: every code has one, in whole sentences") {
  std::set<errc> explained;
  int last = 0;
  for (const auto& each : explanations()) {
    CAPTURE(name(each.code));
    CHECK(static_cast<int>(each.code) > last);
    last = static_cast<int>(each.code);
    explained.insert(each.code);
    CHECK(each.meaning.ends_with('.'));
    CHECK(each.what_to_do.ends_with('.'));
    const auto found = explain(name(each.code));
    REQUIRE(found);
    CHECK(found->code == each.code);
  }
  for (int code = 0; code < 256; ++code)
    if (name(static_cast<errc>(code)) != "unknown")
      CHECK_MESSAGE(explained.contains(static_cast<errc>(code)), name(static_cast<errc>(code)));
}

TEST_CASE("explanation: no such code") {
  for (const auto* code : {"", "unknown", "Corrupt", "corrup"}) {
    const auto found = explain(code);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == errc::invalid_argument);
  }
}

} // namespace
} // namespace aiex::tool
