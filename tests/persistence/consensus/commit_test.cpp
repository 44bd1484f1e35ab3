// Figure 8 of the paper, and commits under a steady pipeline: tests/simulate/traces.
#include "aiex/persistence/consensus/commit.hpp"

#include "support/core_net.hpp"

#include <doctest/doctest.h>

namespace aiex::consensus {
namespace {

using namespace test;

TEST_CASE("commit: what a majority has, if it reaches an entry of the leader's own term") {
  struct example { // etcd raft_test.go: TestCommit
    std::vector<std::uint64_t> matches;
    std::vector<std::uint64_t> terms;
    std::uint64_t committed;
  };
  const example table[] = {
    {{1}, {1}, 1},
    {{1}, {1, 2}, 0}, // of an earlier term only
    {{2}, {1, 2}, 2},
    {{2, 1, 1}, {1, 2}, 0},
    {{2, 1, 2}, {1, 2}, 2},
    {{2, 1, 1, 2}, {1, 2}, 0},
    {{2, 1, 2, 2}, {1, 2}, 2},
    {{2, 1, 2, 1, 2}, {1, 2}, 2},
    {{2, 1, 2, 1, 1}, {1, 2}, 0},
  };
  for (const auto& row : table) {
    CAPTURE(&row - table);
    core_state core;
    core.options.self = member_of(1);
    core.members = configurations{members_of(static_cast<std::uint8_t>(row.matches.size()))};
    for (std::uint64_t i = 0; i < row.terms.size(); ++i)
      core.terms.append({i + 1, row.terms[i]});
    core.record.term = row.terms.size() > 1 || row.terms[0] == 1 ? row.terms.back() : 2;
    core.leading.emplace();
    core.leading->term_start = core.terms.last_run_begins();
    for (std::uint8_t i = 2; i <= row.matches.size(); ++i)
      core.leading->peers[member_of(i)].match = row.matches[i - 1U];
    CHECK(committed_if_durable(core, row.matches[0]) == row.committed);
  }
}

TEST_CASE("commit: a leader commits what is durable at a majority before it is at home") {
  core_net net{{.is_instant = true}, 1};
  net.elect(0);
  REQUIRE(net.node(0).core.is_leader());
  core_state leader = net.node(0).core;
  outputs out;
  step(leader, proposal{bare(leader.last().index + 1, leader.term())}, out);
  const auto index = leader.last().index;
  for (std::uint8_t i = 2; i <= 3; ++i)
    step(leader,
      received{{member_of(i), member_of(1), history_of_test, leader.term(), 1,
        replicate_answer{index - 1, true, index, {}}}},
      out);
  CHECK(leader.committed == index);
  CHECK(leader.told_committed == index - 1); // it is not there yet
}

} // namespace
} // namespace aiex::consensus
