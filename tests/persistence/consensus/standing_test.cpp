#include "aiex/persistence/consensus/limits.hpp"
#include "aiex/persistence/consensus/standing.hpp"

#include <doctest/doctest.h>

namespace aiex::consensus {
namespace {

TEST_CASE(
  "standing: who lost its end neither votes nor leads until its log is as new as the proof") {
  standing its;
  CHECK(its.may_lead({}));
  its.raise({7, 3});
  CHECK_FALSE(its.may_vote({6, 3}));
  CHECK(its.may_vote({7, 3}));
  CHECK(its.may_vote({5, 4})); // a later leader's entry: all that was committed before is there
  its.raise({6, 3});
  CHECK(its.proven() == log_place{7, 3});
}

TEST_CASE("standing: who cannot read an entry votes and does not lead") {
  standing its;
  its.damage(4);
  its.damage(9);
  CHECK(its.may_vote({9, 1}));
  CHECK_FALSE(its.may_lead({9, 1}));
  CHECK(its.first_damaged_behind(4) == 9);
  its.cut(9);
  CHECK(its.first_damaged_behind(4) == 0);
  its.repair(4);
  CHECK(its.may_lead({8, 1}));
}

TEST_CASE("standing: void takes part in nothing, and too much damage is void") {
  standing its;
  for (std::uint64_t i = 1; i <= limits::damaged_entries; ++i)
    its.damage(i);
  CHECK(its.may_vote({5'000, 1}));
  its.damage(5'000);
  CHECK(its.is_void());
  CHECK_FALSE(its.may_vote({5'000, 1}));
}

} // namespace
} // namespace aiex::consensus
