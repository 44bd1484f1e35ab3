#include "aiex/actors/flow/group_gathering.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace aiex {
namespace {

using namespace std::chrono_literals;

TEST_CASE("group_gathering: it waits for nearly as many as were there, for a third of a commit") {
  group_gathering gathering;
  gathering.committed(40, 900us);
  CHECK_FALSE(gathering.is_on());
  CHECK(gathering.begin(24) == 300us); // 64 are there, nearly all is 56
  REQUIRE(gathering.is_on());
  CHECK_FALSE(gathering.is_enough(55));
  CHECK(gathering.is_enough(56));
  gathering.end(56);
  CHECK_FALSE(gathering.is_on());
  CHECK_FALSE(gathering.begin(56)); // it has been waited
}

TEST_CASE("group_gathering: it never waits long, nor for few, nor before the first commit") {
  group_gathering gathering;
  CHECK_FALSE(gathering.begin(64));
  gathering.committed(2, 900us);
  CHECK_FALSE(gathering.begin(1));
  gathering.committed(64, 1s);
  CHECK(gathering.begin(1) == 4ms);
  gathering.end(64);
  gathering.committed(64, 0us);
  CHECK_FALSE(gathering.begin(1)); // a clock that stands still
}

TEST_CASE("group_gathering: nobody is waited for who is there already, and that is no miss") {
  group_gathering gathering;
  for (int round = 0; round < 3; ++round) {
    gathering.committed(4, 900us);
    CHECK_FALSE(gathering.begin(60)); // 60 of 64
  }
  gathering.committed(64, 900us);
  CHECK(gathering.begin(1));
}

/// A commit that all were answered by and nobody came back to; whether it was waited for them.
bool misses(group_gathering& gathering) {
  gathering.committed(64, 900us);
  if (!gathering.begin(1))
    return false;
  gathering.end(1);
  return true;
}

TEST_CASE("group_gathering: a wait that was worth it is tried again at once") {
  group_gathering gathering;
  for (int round = 0; round < 10; ++round) {
    gathering.committed(64, 900us);
    REQUIRE(gathering.begin(0));
    gathering.end(32); // half of them came in time
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
