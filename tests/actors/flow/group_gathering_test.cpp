#include "aiex/actors/flow/group_gathering.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using time_point = group_gathering::time_point;

constexpr time_point start{1h};

TEST_CASE("group_gathering: it waits for as many as were there, for an eighth of a commit") {
  group_gathering gathering;
  gathering.committed(40, start, start + 800us);
  const time_point ended = start + 800us;
  CHECK(gathering.waits(24, ended)); // 64 are there, nearly all is 56
  CHECK(gathering.waits(55, ended + 99us));
  SUBCASE("nearly all have come") {
    CHECK_FALSE(gathering.waits(56, ended + 50us));
    CHECK_FALSE(gathering.waits(24, ended + 50us)); // it has been decided
  }
  SUBCASE("the time is over") {
    CHECK_FALSE(gathering.waits(55, ended + 100us));
  }
}

TEST_CASE("group_gathering: it never waits long, nor for few, nor before the first commit") {
  group_gathering gathering;
  CHECK_FALSE(gathering.waits(64, start));
  gathering.committed(2, start, start + 800us);
  CHECK_FALSE(gathering.waits(1, start + 800us));
  gathering.committed(64, start, start + 1s);
  CHECK(gathering.waits(0, start + 1s + 1'999us));
  CHECK_FALSE(gathering.waits(0, start + 1s + 2ms));
}

/// A commit that all were answered by and nobody came back to; whether it was waited for them.
bool misses(group_gathering& gathering) {
  gathering.committed(64, start, start + 800us);
  const bool waited = gathering.waits(0, start + 800us);
  CHECK_FALSE(gathering.waits(0, start + 900us));
  return waited;
}

TEST_CASE("group_gathering: a wait that was worth it is tried again at once") {
  group_gathering gathering;
  for (int round = 0; round < 10; ++round) {
    gathering.committed(64, start, start + 800us);
    CHECK(gathering.waits(0, start + 850us));
    CHECK_FALSE(gathering.waits(32, start + 900us)); // half of them came in time
  }
}

// So that writers that never come back cost the others next to nothing.
TEST_CASE("group_gathering: where nobody comes back it is tried more and more rarely") {
  group_gathering gathering;
  std::uint32_t expected = 1;
  for (int round = 0; round < 9; ++round) {
    CHECK(misses(gathering));
    for (std::uint32_t i = 0; i < expected; ++i)
      CHECK_FALSE(misses(gathering));
    expected = std::min(2 * expected, group_gathering::pause_after_miss_max);
  }
  CHECK(expected == group_gathering::pause_after_miss_max);
}

} // namespace
} // namespace aiex
