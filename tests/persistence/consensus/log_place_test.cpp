#include "aiex/persistence/consensus/log_place.hpp"

#include <doctest/doctest.h>

namespace aiex::consensus {
namespace {

TEST_CASE("log_place: the later last term is newer, then the longer log") {
  CHECK(is_as_new({1, 2}, {9, 1}));
  CHECK_FALSE(is_as_new({9, 1}, {1, 2}));
  CHECK(is_as_new({3, 2}, {3, 2}));
  CHECK(is_as_new({4, 2}, {3, 2}));
  CHECK_FALSE(is_as_new({2, 2}, {3, 2}));
  CHECK(is_as_new({}, {}));
}

} // namespace
} // namespace aiex::consensus
