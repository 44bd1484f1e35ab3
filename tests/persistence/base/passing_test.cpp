#include "aiex/persistence/base/passing.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace aiex {
namespace {

TEST_CASE("passing: what may succeed later, and what is a verdict") {
  constexpr errc passing[] = {errc::overloaded, errc::time_out, errc::unknown_outcome,
    errc::store_full, errc::no_quorum, errc::unreachable, errc::not_leader, errc::corrupt, errc::io,
    errc::stopped};
  for (int code = 0; code < 256; ++code) {
    CAPTURE(code);
    const auto each = static_cast<errc>(code);
    CHECK(is_passing(each) ==
          (std::find(std::begin(passing), std::end(passing), each) != std::end(passing)));
  }
}

} // namespace
} // namespace aiex
