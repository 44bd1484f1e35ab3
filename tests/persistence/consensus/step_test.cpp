#include "aiex/persistence/consensus/step.hpp"

#include "support/core_faults.hpp"
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

/// The rule that the fault breaks, and by which seed. It has until 300.
std::pair<std::string, std::uint64_t> detection(const named_fault& planted) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    core_net net{{.voters = seed % 2 == 0 ? std::uint8_t{5} : std::uint8_t{3}}, seed};
    net.plant(planted.fault);
    try {
      for (std::size_t i = 0; i < 2'000; ++i)
        net.random_step();
    } catch (const std::exception& broken) {
      const std::string what = broken.what();
      return {what.substr(0, what.find(':')), seed};
    }
  }
  return {"none", 0};
}

TEST_CASE("step: each planted fault is found by the rule it breaks") {
  const std::vector<named_fault> all = core_faults();
  std::vector<std::uint64_t> seeds;
  for (const named_fault& each : all) {
    const auto [rule, seed] = detection(each);
    CAPTURE(each.name);
    CHECK(rule == each.rule);
    seeds.push_back(seed);
    MESSAGE(each.name, ": ", rule, " after ", seed, " seeds");
  }
  std::ranges::sort(seeds);
  MESSAGE(all.size(), " faults, median ", seeds[seeds.size() / 2], " seeds, most ", seeds.back());
}

TEST_CASE("step: without a pre-vote who was away deposes the leader, so it would be noticed") {
  core_net net{{.is_instant = true}, 3};
  const planted_core_fault none{
    .before = [](core_state& core, input&) { core.options.pre_vote = false; }};
  net.elect(0);
  const std::uint64_t term = net.node(0).core.term();
  net.partition(2);
  for (int i = 0; i < 30; ++i)
    net.node(2).step(tick{0});
  CHECK(net.node(2).core.term() == term); // with it no term begins
  net.node(2).fault = &none;
  for (int i = 0; i < 30; ++i)
    net.node(2).step(tick{0});
  outputs said;
  net.node(2).finish_write(said);
  CHECK(net.node(2).core.term() > term);
  net.heal();
  net.calm_round();
  CHECK_FALSE((net.node(0).core.is_leader() && net.node(0).core.term() == term));
}

TEST_CASE("step: without check-quorum a leader alone goes on, so it would be noticed") {
  core_net net{{.is_instant = true}, 3};
  const planted_core_fault none{
    .before = [](core_state& core, input&) { core.options.check_quorum = false; }};
  net.elect(0);
  net.plant(none);
  net.partition(0);
  for (int i = 0; i < 40; ++i)
    net.tick(0);
  CHECK(net.node(0).core.is_leader());
}

TEST_CASE("step: 300 seeds with disks that are full at times") {
  run_seeds({.joiners = 1, .changes_members = true, .fills_disks = true}, 1, 300);
}

} // namespace
} // namespace aiex::consensus
