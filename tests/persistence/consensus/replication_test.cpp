#include "aiex/persistence/consensus/replication.hpp"

#include "support/core_net.hpp"

#include <doctest/doctest.h>

namespace aiex::consensus {
namespace {

using namespace test;

message between(std::uint8_t from, std::uint8_t to, std::uint64_t term, payload what) {
  return {member_of(from), member_of(to), history_of_test, term, 1, std::move(what)};
}

TEST_CASE("replication: a follower takes what fits, and says exactly what was compared") {
  struct example { // etcd raft_test.go: TestHandleMsgApp
    const char* name;
    replicate_request request;
    bool matches;
    std::uint64_t matched;
    log_place last;
    std::uint64_t committed;
  };
  const example table[] = {
    {"another term at previous", {{2, 1}, {}, 2, 0}, false, 0, {3, 2}, 0},
    {"previous is not there", {{4, 2}, {}, 3, 0}, false, 0, {3, 2}, 0},
    {"only compared", {{1, 1}, {}, 1, 0}, true, 1, {3, 2}, 1},
    {"what stands behind is not vouched for", {{2, 2}, {}, 3, 0}, true, 2, {3, 2}, 2},
    {"a conflict is cut", {{1, 1}, {bare(2, 3)}, 1, 0}, true, 2, {2, 3}, 1},
    {"from the beginning", {{0, 0}, {bare(1, 1)}, 0, 0}, true, 1, {3, 2}, 0},
    {"appended", {{3, 2}, {bare(4, 3), bare(5, 3)}, 4, 0}, true, 5, {5, 3}, 4},
    {"known ones are skipped", {{1, 1}, {bare(2, 2), bare(3, 2), bare(4, 3)}, 9, 0}, true, 4,
      {4, 3}, 4},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    core_node node{1, disk_of({1, 2, 2}, 3, members_of(3))};
    node.step(tick{});
    const auto out = node.step(received{between(2, 1, 3, row.request)});
    REQUIRE(out.messages.size() == 1);
    const auto answer = std::get<replicate_answer>(out.messages[0].what);
    CHECK(answer.matches == row.matches);
    CHECK(answer.asked == row.request.previous.index);
    CHECK(answer.matched == row.matched);
    CHECK(node.core.last() == row.last);
    CHECK(node.core.committed == row.committed);
    CHECK_FALSE(out.failure);
  }
}

TEST_CASE("replication: a heartbeat commits what was compared in this term, no more") {
  core_node node{1, disk_of({1, 2, 2}, 3, members_of(3))};
  node.step(tick{});
  node.step(received{between(2, 1, 3, heartbeat{3, 0, 0})});
  CHECK(node.core.committed == 0); // nothing compared yet
  node.step(received{between(2, 1, 3, replicate_request{{2, 2}, {}, 0, 0})});
  const auto out = node.step(received{between(2, 1, 3, heartbeat{3, 7, 0})});
  CHECK(node.core.committed == 2);
  REQUIRE(out.messages.size() == 1);
  CHECK(std::get<heartbeat_answer>(out.messages[0].what).read_round == 7);
}

TEST_CASE("replication: words of an older term are answered with the newer one, not obeyed") {
  core_node node{1, disk_of({1, 2}, 5, members_of(3))};
  node.step(tick{});
  const auto out =
    node.step(received{between(2, 1, 4, replicate_request{{2, 2}, {bare(3, 4)}, 3, 0})});
  REQUIRE(out.messages.size() == 1);
  CHECK(out.messages[0].term == 5);
  CHECK(node.core.last().index == 2);
  CHECK(node.step(received{between(2, 1, 4, heartbeat{})}).messages.size() == 1);
  CHECK(node.core.leader.is_nil());
}

TEST_CASE("replication: logs that differ for long agree after one probe a term") {
  struct example { // etcd raft_test.go: TestFastLogRejection
    std::vector<std::uint64_t> leads, follows;
    std::size_t requests_max;
  };
  const example table[] = {
    {{1, 2, 2, 4, 4, 4, 4}, {1, 2, 2, 4, 4, 4, 5, 5, 5, 5}, 4},
    {{1, 2, 2, 3, 4, 4, 4, 5}, {1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3}, 4},
    {{1, 1, 1, 1}, {1, 1, 1, 1, 2, 2, 2}, 3},
    {{1, 3, 3, 3, 3, 3, 3, 3, 7}, {1, 3, 3, 4, 4, 5, 5, 5, 6}, 5},
    {{1, 3, 3, 3, 5, 5, 5, 5, 5}, {1, 1, 1, 1, 2, 2}, 4},
    {{1, 1, 1, 1, 1, 1, 1, 1}, {1}, 4},
  };
  for (const auto& row : table) {
    CAPTURE(&row - table);
    core_node leads{1, disk_of(row.leads, 8, members_of(2))};
    core_node follows{2, disk_of(row.follows, 8, members_of(2))};
    leads.core.role = role::candidate;
    leads.core.record.vote = member_of(1);
    leads.core.votes[member_of(1)] = true;
    outputs out = leads.step(received{between(2, 1, 8, vote_answer{true})});
    REQUIRE(leads.core.is_leader());
    std::size_t requests = 0;
    std::vector<message> words = out.messages;
    for (std::size_t i = 0; i < words.size() && i < 100; ++i) {
      requests += words[i].is<replicate_request>() ? 1 : 0;
      core_node& to = words[i].to == member_of(1) ? leads : follows;
      outputs then = to.step(received{message{words[i]}});
      for (const read_job& job : then.reads)
        for (message& each : to.step(input{to.read_of(job)}).messages)
          then.messages.push_back(std::move(each));
      words.insert(words.end(), then.messages.begin(), then.messages.end());
      if (follows.core.last() == leads.core.last())
        break;
    }
    CHECK(follows.core.last() == leads.core.last());
    CHECK(requests <= row.requests_max);
  }
}

/// A leader of two others that have all it has.
core_node leader_of_three() {
  core_node node{1, disk_of({1}, 1, members_of(3))};
  for (int i = 0; i < 10; ++i)
    node.step(tick{i == 9 ? 0U : 1U});
  node.step(received{between(2, 1, 1, pre_vote_answer{2, true})});
  node.step(received{between(2, 1, 2, vote_answer{true})});
  for (std::uint8_t peer = 2; peer <= 3; ++peer)
    node.step(received{between(peer, 1, 2, replicate_answer{1, true, 2, {}})});
  return node;
}

std::size_t requests_to(const outputs& out, std::uint8_t peer) {
  return static_cast<std::size_t>(std::ranges::count_if(out.messages, [&](const message& each) {
    return each.to == member_of(peer) && each.is<replicate_request>();
  }));
}

TEST_CASE("replication: while probing one request is under way, then as many as the window holds") {
  core_node node = leader_of_three();
  node.core.leading->peers[member_of(2)].probe_again();
  CHECK(requests_to(node.propose(), 2) == 1);
  CHECK(requests_to(node.propose(), 2) == 0);
  std::size_t sent = 0;
  for (std::size_t i = 0; i < limits::requests_in_flight + 5; ++i)
    sent += requests_to(node.propose(), 3);
  CHECK(sent <= limits::requests_in_flight);
  CHECK(node.core.leading->peers[member_of(3)].window.is_full());
}

TEST_CASE("replication: all requests of a window lost: the answer to a heartbeat finds it out") {
  core_node node = leader_of_three();
  for (int i = 0; i < 3; ++i)
    node.propose();
  const auto next = node.core.leading->peers[member_of(2)].next;
  const auto out = node.step(received{between(2, 1, 2, heartbeat_answer{})});
  CHECK(requests_to(out, 2) == 1);
  node.step(received{between(2, 1, 2, replicate_answer{next - 1, false, 0, {2, 2}})});
  CHECK(node.core.leading->peers[member_of(2)].next == 3);
  CHECK(node.core.leading->peers[member_of(2)].mode == progress_mode::probe);
}

TEST_CASE("replication: an unreachable peer is probed, and an answer at the old match ends that") {
  core_node node = leader_of_three(); // etcd testdata/heartbeat_resp_recovers_from_probing.txt
  node.step(unreachable{member_of(2)});
  CHECK(node.core.leading->peers[member_of(2)].mode == progress_mode::probe);
  CHECK(requests_to(node.step(received{between(2, 1, 2, heartbeat_answer{})}), 2) == 1);
  node.step(received{between(2, 1, 2, replicate_answer{2, true, 2, {}})});
  CHECK(node.core.leading->peers[member_of(2)].mode == progress_mode::replicate);
}

TEST_CASE("replication: a peer that began anew is not counted for what it had") {
  core_node node = leader_of_three();
  message anew = between(2, 1, 2, heartbeat_answer{});
  anew.run = 2;
  node.step(received{anew});
  CHECK(node.core.leading->peers[member_of(2)].match == 0);
  CHECK(node.core.leading->peers[member_of(2)].acknowledged == 2);
  node.step(received{between(2, 1, 2, replicate_answer{1, true, 2, {}})}); // of its dead life
  CHECK(node.core.leading->peers[member_of(2)].match == 0);
}

TEST_CASE("replication: a match beyond the leader's log is nonsense and dropped") {
  core_node node = leader_of_three();
  node.step(received{between(2, 1, 2, replicate_answer{1, true, 99, {}})});
  CHECK(node.core.leading->peers[member_of(2)].match == 2);
}

TEST_CASE("replication: what is no longer in memory is read once, and only for this term") {
  core_node node = leader_of_three();
  node.core.leading->peers[member_of(2)].next = 2;
  const auto out = node.propose();
  REQUIRE(out.reads.size() == 1);
  CHECK(out.reads[0].from == 2);
  CHECK(node.propose().reads.empty());
  auto found = node.read_of(out.reads[0]);
  found.asked.term = 1;
  CHECK(node.step(input{found}).messages.empty());
  found.asked.term = 2;
  CHECK(requests_to(node.step(input{found}), 2) >= 1);
}

TEST_CASE("replication: a follower whose disk is slow drops what would not fit in memory") {
  core_node node{1, disk_of({1}, 1, members_of(3))};
  node.step(tick{});
  node.is_instant = false;
  entry large = bare(2, 1);
  large.bytes = std::make_shared<const std::string>(limits::follower_unsynced_bytes + 1, 'x');
  node.step(received{between(2, 1, 1, replicate_request{{1, 1}, {large}, 0, 0})});
  node.step(received{between(2, 1, 1, replicate_request{{2, 1}, {bare(3, 1)}, 0, 0})});
  CHECK(node.core.last().index == 2);
}

} // namespace
} // namespace aiex::consensus
