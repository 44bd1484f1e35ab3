#include "aiex/persistence/consensus/election.hpp"

#include "support/core_net.hpp"

#include <doctest/doctest.h>

#include <set>

namespace aiex::consensus {
namespace {

using namespace test;

TEST_CASE("election: who is a voter no more by an entry that is not committed may still lead") {
  core_disk disk = disk_of({1, 1}, 1, members_of(3));
  disk.log[1].kind = entry_kind::configuration;
  disk.log[1].members = members_of(2, 1);
  core_node node{3, disk};
  const auto asks = [&] {
    std::set<member_id> asked;
    for (int i = 0; i < 40; ++i)
      for (const message& each : node.step(tick{0}).messages)
        if (each.is<pre_vote_request>())
          asked.insert(each.to);
    return asked;
  };
  CHECK(asks() == std::set{member_of(1), member_of(2)}); // the voters of its newest configuration
  node.step(received{{member_of(1), member_of(3), history_of_test, 2, 1, heartbeat{}}});
  node.step(received{
    {member_of(1), member_of(3), history_of_test, 2, 1, replicate_request{{2, 1}, {}, 2, 0}}});
  CHECK(node.core.committed == 2);
  CHECK(asks().empty());
}

message to_first(std::uint8_t from, std::uint64_t term, payload what) {
  return {member_of(from), member_of(1), history_of_test, term, 1, std::move(what)};
}

/// A follower with this log, whose election time-out has passed without that it campaigned.
core_node quiet_follower(std::vector<std::uint64_t> terms, std::uint64_t term) {
  core_node node{1, disk_of(std::move(terms), term, members_of(3))};
  for (std::uint32_t i = 0; i < node.core.options.election_ticks; ++i)
    node.step(tick{1});
  return node;
}

template <class Answer>
Answer only_answer(const outputs& out) {
  REQUIRE(out.messages.size() == 1);
  REQUIRE(out.messages[0].is<Answer>());
  return std::get<Answer>(out.messages[0].what);
}

TEST_CASE("election: each of three can lead, in a later term each time") {
  core_net net{{.is_instant = true}, 1};
  std::uint64_t term = 1;
  for (const std::size_t each : {0U, 1U, 2U, 0U}) {
    for (std::size_t i = 0; i < 3; ++i)
      if (net.node(i).core.is_leader())
        net.partition(i); // it steps down by itself
    net.elect(each);
    REQUIRE(net.node(each).core.is_leader());
    CHECK(net.node(each).core.term() > term);
    term = net.node(each).core.term();
    net.heal();
    net.calm_round();
  }
}

TEST_CASE("election: between one and two time-outs, and by then certainly") {
  core_node node{1, disk_of({1}, 1, members_of(3))};
  for (int i = 1; i < 10; ++i)
    CHECK(node.step(tick{0}).messages.empty());
  CHECK(node.step(tick{0}).messages.size() == 2);
  CHECK(node.core.role == role::pre_candidate);
  CHECK(node.core.term() == 1); // nothing changes by asking
  core_node late{1, disk_of({1}, 1, members_of(3))};
  int ticks = 0;
  while (late.core.role == role::follower) {
    late.step(tick{~std::uint64_t{0} - 1});
    REQUIRE(++ticks < 20);
  }
  CHECK(ticks >= 10);
}

TEST_CASE("election: a leader whose link is lost need not be waited for") {
  core_node node{1, disk_of({1}, 1, members_of(3))};
  node.step(received{to_first(2, 1, heartbeat{})});
  REQUIRE(node.core.leader == member_of(2));
  node.step(unreachable{member_of(3)}); // not the leader
  CHECK(node.core.quiet_ticks == 0);
  node.step(unreachable{member_of(2)});
  CHECK(node.core.role == role::follower); // a tick decides, and chance
  std::size_t asked = 0;
  for (const message& each : node.step(tick{0}).messages)
    asked += each.is<pre_vote_request>() ? 1 : 0;
  CHECK(asked == 2);
}

TEST_CASE("election: a leader that is heard again after its link was lost is followed") {
  core_node node{1, disk_of({1}, 1, members_of(3))};
  node.step(received{to_first(2, 1, heartbeat{})});
  node.step(unreachable{member_of(2)});
  node.step(received{to_first(2, 1, heartbeat{})});
  CHECK(node.step(tick{0}).messages.empty());
  CHECK(node.core.role == role::follower);
}

TEST_CASE("election: a vote goes to a log as new, once a term") {
  struct example { // etcd raft_test.go: TestRecvMsgVote
    log_place last;
    std::uint8_t voted_for;
    bool granted;
  };
  const example table[] = {
    {{0, 0}, 0, false},
    {{3, 1}, 0, false},
    {{1, 2}, 0, false},
    {{2, 2}, 0, true},
    {{1, 3}, 0, true},
    {{2, 2}, 2, true}, // again, to the same
    {{2, 2}, 3, false},
    {{9, 9}, 3, false},
  };
  for (const auto& row : table) {
    CAPTURE(row.last.index);
    CAPTURE(row.last.term);
    CAPTURE(row.voted_for);
    core_node node = quiet_follower({1, 2}, 9);
    if (row.voted_for != 0)
      node.core.record.vote = member_of(row.voted_for);
    const auto out = node.step(received{to_first(2, 9, vote_request{row.last, false})});
    CHECK(only_answer<vote_answer>(out).granted == row.granted);
  }
}

TEST_CASE("election: a pre-vote is given to the later term and a log as new, and changes nothing") {
  core_node node = quiet_follower({1, 2}, 5);
  const auto asked = [&](std::uint64_t term, std::uint64_t for_term, log_place last) {
    return only_answer<pre_vote_answer>(
      node.step(received{to_first(2, term, pre_vote_request{for_term, last})}))
      .granted;
  };
  CHECK(asked(5, 6, {2, 2}));
  CHECK(asked(8, 9, {2, 2}));
  CHECK_FALSE(asked(5, 5, {2, 2}));
  CHECK_FALSE(asked(5, 6, {9, 1}));
  CHECK_FALSE(asked(4, 9, {2, 2})); // of an older term: it learns the newer one
  CHECK(node.core.term() == 5);
  CHECK(node.core.record.vote.is_nil());
}

TEST_CASE("election: who hears a leader, or has just begun, does not listen to who asks") {
  core_node fresh{1, disk_of({1}, 5, members_of(3))};
  fresh.step(tick{1});
  CHECK(fresh.step(received{to_first(2, 6, vote_request{{9, 5}, false})}).messages.empty());
  CHECK(fresh.core.term() == 5);
  core_node node = quiet_follower({1}, 5);
  node.step(received{to_first(3, 5, heartbeat{})});
  CHECK(node.step(received{to_first(2, 6, vote_request{{9, 5}, false})}).messages.empty());
  CHECK_FALSE(
    only_answer<pre_vote_answer>(node.step(received{to_first(2, 5, pre_vote_request{6, {9, 5}})}))
      .granted);
  const auto out = node.step(received{to_first(2, 6, vote_request{{9, 5}, true})});
  CHECK(only_answer<vote_answer>(out).granted); // the leader itself hands over
}

TEST_CASE("election: a longer log of an older term and a shorter one of a newer term elect") {
  // libraft's deadlock: the third is away, and neither knew what the other waits for.
  core_node longer{1, disk_of({1, 1, 1}, 5, members_of(3))};
  core_node shorter{2, disk_of({1, 1}, 7, members_of(3))};
  for (int round = 0; round < 60 && !longer.core.is_leader(); ++round) {
    std::vector<message> words = longer.step(tick{round % 20 == 19 ? 0U : 1U}).messages;
    for (message& each : shorter.step(tick{1}).messages)
      words.push_back(std::move(each));
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i].to == member_of(3))
        continue;
      core_node& to = words[i].to == member_of(1) ? longer : shorter;
      for (message& each : to.step(received{message{words[i]}}).messages)
        words.push_back(std::move(each));
    }
  }
  CHECK(longer.core.is_leader());
  CHECK(longer.core.term() > 7);
}

TEST_CASE("election: of duelling candidates one wins in the end, and both logs are one") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    core_net net{{.is_instant = true}, seed};
    for (int i = 0; i < 10; ++i) {
      net.tick(0);
      net.tick(1);
      net.tick(2);
    }
    for (const std::size_t each : {0U, 1U}) // at the same time
      net.input(each, tick{0});
    CHECK(net.settle());
  }
}

TEST_CASE("election: a node that was away long deposes nobody when it returns") {
  core_net net{{.is_instant = true}, 3};
  net.elect(0);
  net.propose(0);
  net.deliver_all();
  const std::uint64_t term = net.node(0).core.term();
  net.partition(2);
  for (int i = 0; i < 500; ++i)
    net.calm_round();
  CHECK(net.node(2).core.term() == term); // pre-votes change no term
  net.heal();
  for (int i = 0; i < 50; ++i)
    net.calm_round();
  CHECK(net.node(0).core.is_leader());
  CHECK(net.node(0).core.term() == term);
  CHECK(net.is_settled());
}

TEST_CASE("election: a leader that hears no majority steps down within two time-outs") {
  core_net net{{.is_instant = true}, 3};
  net.elect(0);
  net.partition(0);
  for (int i = 0; i < 20; ++i)
    net.tick(0);
  CHECK(net.node(0).core.role != role::leader);
  CHECK(net.node(0).core.leader.is_nil());
}

TEST_CASE("election: who asks in a newer term is heard by a stuck one, who is freed") {
  // etcd raft_test.go: TestFreeStuckCandidateWithCheckQuorum. Its answer makes the leader follow.
  core_node leads{1, disk_of({1}, 1, members_of(3))};
  for (int i = 0; i < 10; ++i)
    leads.step(tick{i == 9 ? 0U : 1U});
  leads.step(received{to_first(2, 1, pre_vote_answer{2, true})});
  leads.step(received{to_first(2, 2, vote_answer{true})});
  REQUIRE(leads.core.is_leader());
  leads.step(received{to_first(3, 7, heartbeat_answer{})});
  CHECK(leads.core.role == role::follower);
  CHECK(leads.core.term() == 7);
}

TEST_CASE("election: votes of an older campaign, of learners and of strangers do not count") {
  core_node node{1, disk_of({1}, 1, members_of(3, 1))};
  for (int i = 0; i < 10; ++i)
    node.step(tick{i == 9 ? 0U : 1U});
  REQUIRE(node.core.role == role::pre_candidate);
  node.step(received{to_first(2, 1, pre_vote_answer{1, true})});
  node.step(received{to_first(4, 1, pre_vote_answer{2, true})});
  node.step(received{to_first(9, 1, pre_vote_answer{2, true})});
  node.step(received{to_first(2, 1, vote_answer{true})});
  CHECK(node.core.role == role::pre_candidate);
  node.step(received{to_first(2, 1, pre_vote_answer{2, true})});
  CHECK(node.core.role == role::candidate);
  node.step(received{to_first(2, 1, pre_vote_answer{2, true})});
  CHECK(node.core.role == role::candidate);
}

TEST_CASE("election: a granted pre-vote of one who is behind counts") {
  core_node node{1, disk_of({1}, 6, members_of(3))};
  for (int i = 0; i < 10; ++i)
    node.step(tick{i == 9 ? 0U : 1U});
  node.step(received{to_first(2, 3, pre_vote_answer{7, true})});
  CHECK(node.core.role == role::candidate);
}

TEST_CASE("election: a candidate follows whom it hears lead in its term") {
  core_node node{1, disk_of({1}, 1, members_of(3))};
  for (int i = 0; i < 10; ++i)
    node.step(tick{i == 9 ? 0U : 1U});
  node.step(received{to_first(2, 1, pre_vote_answer{2, true})});
  REQUIRE(node.core.role == role::candidate);
  node.step(received{to_first(3, 2, heartbeat{})});
  CHECK(node.core.role == role::follower);
  CHECK(node.core.leader == member_of(3));
}

TEST_CASE("election: the own vote counts when it is durable") {
  core_node node{1, disk_of({1, 1}, 1, members_of(1, 1))};
  node.is_instant = false;
  outputs out = node.step(tick{});
  node.step(tick{});
  CHECK(node.core.role == role::candidate);
  node.finish_write(out);
  CHECK(node.core.is_leader());
}

TEST_CASE("election: a learner votes, for it may have been promoted without knowing") {
  core_disk disk = disk_of({1}, 1, members_of(2, 1));
  core_node learner{3, disk};
  for (int i = 0; i < 10; ++i)
    learner.step(tick{1});
  const message asked{
    member_of(1), member_of(3), history_of_test, 2, 1, vote_request{{4, 1}, false}};
  CHECK(only_answer<vote_answer>(learner.step(received{asked})).granted);
  for (int i = 0; i < 50; ++i)
    CHECK(learner.step(tick{0}).messages.empty()); // and never campaigns
}

TEST_CASE("election: words of another history, for another store or of oneself are not heard") {
  core_node node = quiet_follower({1}, 1);
  message word = to_first(2, 5, heartbeat{});
  word.history = member_of(77);
  node.step(received{word});
  word = to_first(2, 5, heartbeat{});
  word.to = member_of(3);
  node.step(received{word});
  word = to_first(1, 5, heartbeat{});
  node.step(received{word});
  CHECK(node.core.term() == 1);
}

} // namespace
} // namespace aiex::consensus
