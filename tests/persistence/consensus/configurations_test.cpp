#include "aiex/persistence/consensus/configurations.hpp"

#include "support/consensus_entries.hpp"

#include <doctest/doctest.h>

namespace aiex::consensus {
namespace {

using namespace test;

TEST_CASE("configurations: after a cut the one before counts again") {
  configurations all{members_of(1)};
  CHECK(all.index() == 0);
  all.append(4, members_of(1, 1));
  all.append(9, members_of(2));
  CHECK(all.cut(10));
  CHECK(all.index() == 9);
  CHECK(all.cut(9));
  CHECK(all.index() == 4);
  CHECK(all.current() == members_of(1, 1));
}

TEST_CASE("configurations: a cut takes as many as it does, the implied one always stays") {
  configurations all{members_of(1)};
  all.append(2, members_of(1, 1));
  all.append(4, members_of(2));
  all.append(9, members_of(3));
  CHECK(all.cut(4));
  CHECK(all.current() == members_of(1, 1));
  CHECK(all.cut(1));
  CHECK(all.current() == members_of(1));
  CHECK(all.cut(1));
  CHECK(all.index() == 0);
}

TEST_CASE("configurations: what is settled is not cut") {
  configurations all{members_of(1)};
  all.append(4, members_of(1, 1));
  all.append(9, members_of(2));
  all.settle(3);
  CHECK(all.cut(9));
  CHECK(all.index() == 4);
  all.append(12, members_of(2));
  all.settle(8);
  CHECK_FALSE(all.cut(4));
  CHECK(all.cut(5));
  CHECK(all.current() == members_of(1, 1));
}

TEST_CASE("configurations: ascend") {
  configurations all{members_of(1)};
  all.append(4, members_of(1, 1));
  CHECK_THROWS_AS(all.append(4, members_of(2)), broken_invariant);
}

} // namespace
} // namespace aiex::consensus
