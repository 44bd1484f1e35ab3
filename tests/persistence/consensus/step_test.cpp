#include "aiex/persistence/consensus/step.hpp"

#include "support/core_net.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aiex::consensus {
namespace {

using namespace test;

/// Empty, or the rule that did not hold.
struct totals {
  std::size_t elections = 0;
  std::size_t committed = 0;
};

std::string outcome(
  const net_options& options, std::uint64_t seed, std::size_t steps, totals& sums) {
  core_net net{options, seed};
  try {
    for (std::size_t i = 0; i < steps; ++i)
      net.random_step();
    if (!net.settle())
      return "liveness: no leader, or not everybody has everything";
    const auto leader = *net.leader();
    net.propose(leader);
    if (!net.settle())
      return "liveness: a last proposal is not committed everywhere";
    sums.elections += net.rules().elections();
    sums.committed += net.rules().committed();
  } catch (const std::exception& broken) {
    return broken.what();
  }
  return {};
}

void run_seeds(const net_options& options, std::uint64_t first, std::uint64_t last) {
  totals sums;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const std::string broken = outcome(options, seed, 1'000, sums);
    INFO("seed ", seed, ": ", broken);
    REQUIRE(broken.empty());
  }
  CHECK(sums.elections > (last - first) + (last - first) / 4); // it was not quiet
  CHECK(sums.committed > 4 * (last - first));
  MESSAGE(sums.elections, " elections, ", sums.committed, " committed");
}

TEST_CASE("step: 400 seeds of three cores, with crashes, losses and cut links") {
  run_seeds({}, 1, 400);
}
TEST_CASE("step: 200 seeds of five cores") {
  run_seeds({.voters = 5}, 1, 200);
}
TEST_CASE("step: 100 seeds with disks that write at once and a net that loses a third") {
  run_seeds({.is_instant = true, .lost_percent = 33}, 1, 100);
}
TEST_CASE("step: 300 seeds in which members come and go") {
  run_seeds({.joiners = 2, .changes_members = true}, 1, 300);
}

} // namespace
} // namespace aiex::consensus
