#include "aiex/persistence/base/error.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string_view>

namespace aiex {
namespace {

TEST_CASE("error: every code has a name of its own") {
  std::set<std::string_view> seen;
  std::size_t known = 0;
  for (int code = 0; code <= 255; ++code) {
    const auto text = name(static_cast<errc>(code));
    if (text == "unknown")
      continue;
    ++known;
    CHECK(seen.insert(text).second);
  }
  CHECK(known >= 35);
  CHECK(name(errc::wrong_expected_version) == "wrong_expected_version");
}

TEST_CASE("error: fail carries code, words and the actual value") {
  const result<int> refused = fail(errc::wrong_expected_version, "expected 7, stream is at 9", 9);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == error{errc::wrong_expected_version, "expected 7, stream is at 9", 9});
  CHECK_THROWS_AS(invariant(false, "broken"), broken_invariant);
  CHECK_NOTHROW(invariant(true, "holds"));
}

} // namespace
} // namespace aiex
