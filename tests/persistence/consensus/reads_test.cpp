#include "aiex/persistence/consensus/reads.hpp"

#include "support/core_net.hpp"

#include <doctest/doctest.h>

namespace aiex::consensus {
namespace {

using namespace test;

message to_first(std::uint8_t from, std::uint64_t term, payload what) {
  return {member_of(from), member_of(1), history_of_test, term, 1, std::move(what)};
}

/// Won term 2 of three; its no-op is not committed yet.
core_node new_leader() {
  core_node node{1, disk_of({1}, 1, members_of(3))};
  for (int i = 0; i < 10; ++i)
    node.step(tick{i == 9 ? 0U : 1U});
  node.step(received{to_first(2, 1, pre_vote_answer{2, true})});
  node.step(received{to_first(2, 2, vote_answer{true})});
  REQUIRE(node.core.is_leader());
  return node;
}

TEST_CASE("reads: a node alone answers at once") {
  core_node node{1, {}};
  node.propose();
  const auto out = node.step(read{7});
  REQUIRE(out.reads_done.size() == 1);
  CHECK(out.reads_done[0] == read_state{7, 1});
}

TEST_CASE("reads: a new leader waits for its first commit, then for a round") {
  core_node node = new_leader(); // etcd raft_test.go: TestReadOnlyForNewLeader
  CHECK(node.step(read{7}).reads_done.empty());
  CHECK(node.step(received{to_first(2, 2, heartbeat_answer{0})}).reads_done.empty());
  auto out = node.step(received{to_first(2, 2, replicate_answer{1, true, 2, {}})});
  CHECK(out.committed == 2);
  CHECK(out.reads_done.empty()); // it has not heard a majority since
  out = node.step(received{to_first(3, 2, heartbeat_answer{1})});
  REQUIRE(out.reads_done.size() == 1);
  CHECK(out.reads_done[0] == read_state{7, 2});
}

TEST_CASE("reads: what comes during a round is answered by the next one") {
  core_node node = new_leader();
  node.step(received{to_first(2, 2, replicate_answer{1, true, 2, {}})});
  node.step(read{1});
  node.step(read{2});
  auto out = node.step(received{to_first(2, 2, heartbeat_answer{1})});
  REQUIRE(out.reads_done.size() == 1);
  CHECK(out.reads_done[0].ticket == 1);
  CHECK(node.step(received{to_first(3, 2, heartbeat_answer{1})}).reads_done.empty());
  out = node.step(received{to_first(3, 2, heartbeat_answer{2})});
  REQUIRE(out.reads_done.size() == 1);
  CHECK(out.reads_done[0].ticket == 2);
}

TEST_CASE("reads: a learner's answer confirms nothing") {
  core_node node{1, disk_of({1}, 1, members_of(2, 1))};
  for (int i = 0; i < 10; ++i)
    node.step(tick{i == 9 ? 0U : 1U});
  node.step(received{to_first(2, 1, pre_vote_answer{2, true})});
  node.step(received{to_first(2, 2, vote_answer{true})});
  node.step(received{to_first(2, 2, replicate_answer{1, true, 2, {}})});
  node.step(read{1});
  CHECK(node.step(received{to_first(3, 2, heartbeat_answer{1})}).reads_done.empty());
  CHECK(node.step(received{to_first(2, 2, heartbeat_answer{1})}).reads_done.size() == 1);
}

TEST_CASE("reads: with leadership all that wait are lost, and say so") {
  core_node node = new_leader();
  node.step(received{to_first(2, 2, replicate_answer{1, true, 2, {}})});
  node.step(read{1});
  const auto out = node.step(received{to_first(3, 9, heartbeat{})});
  REQUIRE(out.reads_done.size() == 1);
  CHECK(out.reads_done[0] == read_state{1, {}});
}

TEST_CASE("reads: a follower asks the leader, and gives up after a time-out") {
  core_net net{{.is_instant = true}, 1};
  net.elect(0);
  net.calm_round();
  outputs asked = net.node(1).step(read{5});
  REQUIRE(asked.messages.size() == 1);
  CHECK(asked.messages[0].is<read_request>());
  core_node follower = net.node(1);
  outputs got;
  for (int i = 0; i < 20 && got.reads_done.empty(); ++i)
    got = follower.step(tick{1});
  REQUIRE(got.reads_done.size() == 1);
  CHECK(got.reads_done[0] == read_state{5, {}});
  const message answer{
    member_of(1), member_of(2), history_of_test, net.node(0).core.term(), 1, read_answer{5, 2, 1}};
  const auto done = net.node(1).step(received{answer}).reads_done;
  REQUIRE(done.size() == 1);
  CHECK(done[0] == read_state{5, 2});
}

TEST_CASE("reads: a follower's read is confirmed by a round like any other") {
  core_node node = new_leader();
  node.step(received{to_first(2, 2, replicate_answer{1, true, 2, {}})});
  node.step(received{to_first(3, 2, read_request{5})});
  const auto out = node.step(received{to_first(2, 2, heartbeat_answer{1})});
  REQUIRE(out.messages.size() >= 1);
  CHECK(out.messages[0].to == member_of(3));
  CHECK(std::get<read_answer>(out.messages[0].what) == read_answer{5, 2, 1});
}

TEST_CASE("reads: without a leader there is nobody to ask, and more than may wait are refused") {
  core_node alone_of_three{1, disk_of({1}, 1, members_of(3))};
  CHECK(alone_of_three.step(read{1}).reads_done.size() == 1);
  core_node node = new_leader();
  for (std::uint64_t i = 0; i < limits::reads_waiting; ++i)
    CHECK(node.step(read{i}).reads_done.empty());
  CHECK(node.step(read{9'999}).reads_done.size() == 1);
}

TEST_CASE("reads: an answer to an earlier life is none, though the ticket is the same") {
  core_node leader = new_leader();
  leader.step(received{to_first(2, 2, replicate_answer{1, true, 2, {}})});
  message asked = to_first(3, 2, read_request{5});
  asked.run = 1;
  leader.step(received{asked});
  const auto out = leader.step(received{to_first(2, 2, heartbeat_answer{1})});
  REQUIRE(out.messages.size() >= 1);
  const message answer = out.messages[0];
  REQUIRE(answer.is<read_answer>());
  core_node later{3, disk_of({1}, 1, members_of(3))};
  later.step(tick{1});
  later.start(); // its second life
  message beat{member_of(1), member_of(3), history_of_test, 2, 1, heartbeat{}};
  later.step(received{beat});
  REQUIRE(later.step(read{5}).messages.size() == 1);
  CHECK(later.core.record.run == 2);
  CHECK(later.step(received{message{answer}}).reads_done.empty());
}

TEST_CASE("reads: what waits for a voter that goes is answered when it is gone") {
  core_node node{1, disk_of({1}, 1, members_of(2))};
  for (int i = 0; i < 10; ++i)
    node.step(tick{i == 9 ? 0U : 1U});
  node.step(received{to_first(2, 1, pre_vote_answer{2, true})});
  node.step(received{to_first(2, 2, vote_answer{true})});
  node.step(received{to_first(2, 2, replicate_answer{1, true, 2, {}})});
  CHECK(node.step(read{1}).reads_done.empty());
  const auto out = node.step(change{1, {member_change::act::remove, {.id = member_of(2)}}});
  REQUIRE(out.changes_done.size() == 1);
  REQUIRE(out.reads_done.size() == 1);
  CHECK(out.reads_done[0] == read_state{1, 2});
}

} // namespace
} // namespace aiex::consensus
