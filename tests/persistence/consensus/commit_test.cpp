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

/// Three cores; node 0 leads and the others have all it has.
core_net led_by_first() {
  core_net net{{.is_instant = true}, 1};
  net.elect(0);
  return net;
}

bool is_no_replication(message& what) {
  return !what.is<replicate_request>();
}

TEST_CASE("commit: only with an entry of the own term (figure 8 of the paper)") {
  core_net net{{.voters = 5, .is_instant = true}, 1};
  net.elect(0);
  for (const std::size_t away : {2U, 3U, 4U})
    net.partition(away);
  net.propose(0);
  net.deliver_all();
  const auto index = net.node(0).core.last().index;
  const auto old_term = net.node(0).core.term();
  REQUIRE(net.node(1).core.last().index == index); // on the first two only
  net.crash(0);
  net.heal();
  net.partition(1);
  net.passes = is_no_replication;
  net.elect(4); // by the other three; what it writes at `index` reaches nobody
  REQUIRE(net.node(4).core.is_leader());
  const auto newer_term = net.node(4).core.term();
  REQUIRE(net.node(4).core.last() == log_place{index, newer_term});
  net.crash(4);
  net.start(0);
  net.heal();
  net.passes = [&](message& what) { // of the first one's next term nothing arrives
    if (auto* request = std::get_if<replicate_request>(&what.what))
      std::erase_if(
        request->entries, [&](const entry& each) { return each.place.term > old_term; });
    return true;
  };
  net.elect(0);
  REQUIRE(net.node(0).core.is_leader());
  for (int i = 0; i < 5; ++i)
    net.calm_round();
  CHECK(net.node(2).core.last() == log_place{index, old_term}); // on a majority now
  CHECK(net.node(3).core.last() == log_place{index, old_term});
  CHECK(net.node(0).core.committed < index); // and yet not committed, for:
  net.crash(0);
  net.start(4);
  net.passes = {};
  net.partition(1);
  net.elect(4);
  REQUIRE(net.node(4).core.is_leader());
  CHECK(net.settle());
  CHECK(net.node(0).core.terms.term_at(index) == newer_term);
}

TEST_CASE("commit: under a steady pipeline it rises long before the log's end is acknowledged") {
  core_net net = led_by_first();
  const auto before = net.node(0).core.committed;
  std::vector<message> late;
  for (int i = 0; i < 20; ++i) {
    net.propose(0); // while nothing has been answered
    late.insert(late.end(), net.under_way().begin(), net.under_way().end());
    net.under_way().clear();
  }
  for (std::size_t i = 0; i < 4; ++i) { // the first requests arrive, and their answers
    net.input(late[i].to.bytes[15] - 1U, received{late[i]});
    const auto answers = net.under_way();
    net.under_way().clear();
    for (const message& each : answers)
      if (each.is<replicate_answer>())
        net.input(0, received{each});
    net.under_way().clear();
  }
  CHECK(net.node(0).core.committed >= before + 1);
  CHECK(net.node(0).core.committed < net.node(0).core.last().index);
}

} // namespace
} // namespace aiex::consensus
