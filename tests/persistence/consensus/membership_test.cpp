#include "aiex/persistence/consensus/membership.hpp"

#include "support/core_net.hpp"

#include <doctest/doctest.h>

namespace aiex::consensus {
namespace {

using namespace test;
using act = member_change::act;

/// Three voters, the first leads, and a fourth node that waits to join.
core_net three_and_a_joiner() {
  core_net net{{.joiners = 1, .is_instant = true}, 1};
  net.elect(0);
  net.calm_round();
  REQUIRE(net.node(0).core.is_leader());
  return net;
}

result<std::uint64_t> outcome_of(core_net& net, const member_change& what) {
  outputs out = net.node(0).step(change{1, what});
  net.take_outputs(0, out);
  auto done = out.changes_done;
  for (int i = 0; i < 3 && done.empty(); ++i)
    done = net.changes_done_in_calm_round(0);
  REQUIRE(done.size() == 1);
  return done[0].index;
}

TEST_CASE("membership: a learner gets the log, is promoted when it has caught up, and counts") {
  core_net net = three_and_a_joiner();
  CHECK(outcome_of(net, {act::add_learner, {.id = member_of(4)}}));
  for (int i = 0; i < 5; ++i)
    net.calm_round();
  CHECK(net.node(3).core.last() == net.node(0).core.last());
  CHECK(net.node(3).core.members.current().members.size() == 4);
  CHECK(outcome_of(net, {act::promote, {.id = member_of(4)}}));
  CHECK(net.node(0).core.members.current().voters() == 4);
  CHECK(net.settle());
}

TEST_CASE("membership: a learner that has not caught up is not promoted") {
  core_net net = three_and_a_joiner();
  net.partition(3);
  CHECK(outcome_of(net, {act::add_learner, {.id = member_of(4)}}));
  for (int i = 0; i < 20; ++i)
    net.calm_round();
  const auto refused = outcome_of(net, {act::promote, {.id = member_of(4)}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::overloaded);
}

TEST_CASE(
  "membership: one change at a time, and only by a leader that has committed its own entry") {
  core_net net = three_and_a_joiner();
  for (std::size_t i = 1; i < 4; ++i)
    net.partition(i); // nothing commits any more
  outputs out = net.node(0).step(change{1, {act::add_learner, {.id = member_of(4)}}});
  CHECK(out.changes_done.empty());
  out = net.node(0).step(change{2, {act::remove, {.id = member_of(3)}}});
  REQUIRE(out.changes_done.size() == 1);
  CHECK(out.changes_done[0].index.error().code == errc::overloaded);
  out = net.node(0).propose(members_of(2)); // nor by a way around
  REQUIRE(out.refused.size() == 1);
  const auto follower = net.node(1).step(change{3, {act::remove, {.id = member_of(3)}}});
  REQUIRE(follower.changes_done.size() == 1);
  CHECK(follower.changes_done[0].index.error().code == errc::no_quorum);
}

TEST_CASE("membership: not before an entry of the own term is committed") {
  core_node node{1, disk_of({1}, 1, members_of(3))};
  const auto word = [](std::uint64_t term, payload what) {
    return received{{member_of(2), member_of(1), history_of_test, term, 1, std::move(what)}};
  };
  for (int i = 0; i < 10; ++i)
    node.step(tick{i == 9 ? 0U : 1U});
  node.step(word(1, pre_vote_answer{2, true}));
  node.step(word(2, vote_answer{true}));
  REQUIRE(node.core.is_leader());
  const member_change what{act::remove, {.id = member_of(3)}};
  CHECK(node.step(change{1, what}).changes_done.size() == 1);
  node.step(word(2, replicate_answer{1, true, 2, {}}));
  CHECK(node.step(change{2, what}).changes_done.empty());
  CHECK(node.core.members.current().voters() == 2); // counts from when it is appended
  const auto out = node.step(word(9, heartbeat{}));
  REQUIRE(out.changes_done.size() == 1);
  CHECK(out.changes_done[0].index.error().code == errc::unknown_outcome);
}

TEST_CASE("membership: at most one voter comes or goes") {
  core_net net = three_and_a_joiner();
  const core_state& core = net.node(0).core;
  CHECK(may_propose(core, members_of(2)));
  CHECK(may_propose(core, members_of(4)));
  CHECK_FALSE(may_propose(core, members_of(1)));
  CHECK_FALSE(may_propose(core, members_of(5)));
  configuration other = members_of(3);
  other.history = member_of(50);
  CHECK_FALSE(may_propose(core, other));
}

TEST_CASE("membership: a leader that removes itself leads until that is committed, then follows") {
  core_net net = three_and_a_joiner();
  CHECK(outcome_of(net, {act::remove, {.id = member_of(1)}}));
  CHECK(net.node(0).core.role == role::follower);
  for (int i = 0; i < 60; ++i)
    net.calm_round();
  REQUIRE(net.leader());
  CHECK(*net.leader() != 0);
  CHECK(net.node(*net.leader()).core.members.current().voters() == 2);
  CHECK(net.node(0).core.role == role::follower); // and never campaigns
}

TEST_CASE("membership: a removed node that does not know deposes nobody") {
  core_net net = three_and_a_joiner();
  net.partition(2);
  CHECK(outcome_of(net, {act::remove, {.id = member_of(3)}}));
  const auto term = net.node(0).core.term();
  net.heal();
  for (int i = 0; i < 100; ++i)
    net.calm_round();
  CHECK(net.node(0).core.is_leader());
  CHECK(net.node(0).core.term() == term);
}

TEST_CASE("membership: after a cut the configuration before counts again") {
  core_net net = three_and_a_joiner();
  for (std::size_t i = 1; i < 4; ++i)
    net.partition(i);
  net.node(0).step(change{1, {act::remove, {.id = member_of(3)}}}); // reaches nobody
  CHECK(net.node(0).core.members.current().voters() == 2);
  net.crash(0);
  net.heal();
  net.elect(1);
  REQUIRE(net.node(1).core.is_leader());
  net.start(0);
  CHECK(net.settle());
  CHECK(net.node(0).core.members.current().voters() == 3);
}

TEST_CASE("membership: a learner that is no longer heard is not promoted, though it had all") {
  core_net net = three_and_a_joiner();
  CHECK(outcome_of(net, {act::add_learner, {.id = member_of(4)}}));
  for (int i = 0; i < 5; ++i)
    net.calm_round();
  REQUIRE(net.node(3).core.last() == net.node(0).core.last());
  net.partition(3);
  for (int i = 0; i < 30; ++i)
    net.calm_round();
  CHECK_FALSE(outcome_of(net, {act::promote, {.id = member_of(4)}}));
  net.heal();
  for (int i = 0; i < 15; ++i)
    net.calm_round();
  CHECK(outcome_of(net, {act::promote, {.id = member_of(4)}}));
}

TEST_CASE("membership: a leader that crashes while it takes its own vote away finishes that") {
  for (const act what : {act::demote, act::remove}) {
    core_net net{{.voters = 2, .is_instant = true}, 1};
    net.elect(0);
    net.calm_round();
    REQUIRE(net.node(0).core.is_leader());
    net.partition(0);
    net.input(0, change{1, {what, {.id = member_of(1)}}});
    REQUIRE_FALSE(net.node(0).core.members.current().is_voter(member_of(1)));
    net.deliver_all();
    REQUIRE(net.node(0).disk().log.back().members);
    net.crash(0);
    CHECK(net.settle()); // the other one lacks the entry, and cannot win without this vote
    CHECK(net.node(1).core.is_leader());
    CHECK(net.node(1).core.members.current().voters() == 1);
  }
}

} // namespace
} // namespace aiex::consensus
