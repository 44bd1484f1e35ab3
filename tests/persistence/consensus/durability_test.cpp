// A crash between a vote and its sync: tests/simulate/traces/vote_and_crash.txt.
#include "aiex/persistence/consensus/durability.hpp"

#include "support/core_node.hpp"

#include <doctest/doctest.h>

namespace aiex::consensus {
namespace {

using namespace test;

message from_leader(std::uint8_t leader, std::uint64_t term, payload what) {
  return {member_of(leader), member_of(1), history_of_test, term, 1, std::move(what)};
}

core_node follower_with(std::vector<std::uint64_t> terms, std::uint64_t term) {
  return {1, disk_of(std::move(terms), term, members_of(3))};
}

TEST_CASE("durability: written over twice while a write is under way (etcd's ABA race)") {
  core_node node = follower_with({1, 1, 1, 1}, 1);
  node.step(tick{});
  node.is_instant = false;
  node.step(received{from_leader(2, 1, replicate_request{{4, 1}, {bare(5, 1)}, 0, 0})});
  REQUIRE(node.under_way);
  node.step(received{from_leader(3, 2, replicate_request{{4, 1}, {bare(5, 2)}, 0, 0})});
  node.step(received{from_leader(2, 3, replicate_request{{4, 1}, {bare(5, 3)}, 0, 0})});
  outputs first;
  node.finish_one_write(first);
  CHECK(node.core.durable == 4); // what was written is not what stands there
  for (const message& each : first.messages)
    CHECK_FALSE(each.is<replicate_answer>());
  REQUIRE(node.under_way);
  CHECK(node.under_way->cut_from == 5);
  outputs second;
  node.finish_one_write(second);
  CHECK(node.core.durable == 5);
  REQUIRE(second.messages.size() == 1);
  CHECK(std::get<replicate_answer>(second.messages[0].what).matched == 5);
  CHECK(node.disk().log.back().place == log_place{5, 3});
}

TEST_CASE("durability: nothing of a term leaves before the term is durable") {
  core_node node = follower_with({1}, 1);
  node.step(tick{});
  node.is_instant = false;
  CHECK(node.step(received{from_leader(2, 4, heartbeat{})}).messages.empty());
  REQUIRE(node.under_way);
  CHECK(node.under_way->term->term == 4);
  outputs out;
  node.finish_one_write(out);
  REQUIRE(out.messages.size() == 1);
  CHECK(out.messages[0].term == 4);
}

TEST_CASE("durability: a vote leaves when it is durable, also in a term that was known before") {
  core_node node = follower_with({1}, 1);
  for (int i = 0; i < 10; ++i)
    node.step(tick{1});
  node.step(received{from_leader(2, 4, vote_request{{0, 0}, false})}); // too old a log: refused
  node.is_instant = false;
  CHECK(node.step(received{from_leader(3, 4, vote_request{{1, 1}, false})}).messages.empty());
  outputs out;
  REQUIRE(node.under_way);
  CHECK(node.under_way->term->vote == member_of(3));
  node.finish_one_write(out);
  REQUIRE(out.messages.size() == 1);
  CHECK(std::get<vote_answer>(out.messages[0].what).granted);
}

TEST_CASE("durability: what waited in an earlier term is never said") {
  core_node node = follower_with({1}, 1);
  node.step(tick{});
  node.is_instant = false;
  node.step(received{from_leader(2, 1, replicate_request{{1, 1}, {bare(2, 1)}, 0, 0})});
  node.step(received{from_leader(3, 2, heartbeat{})});
  outputs out;
  node.finish_write(out);
  for (const message& each : out.messages)
    CHECK(each.term == 2);
}

TEST_CASE("durability: a cut lowers the proof before it is made") {
  core_node node = follower_with({1, 1, 1, 1}, 1);
  node.step(received{from_leader(2, 2, heartbeat{})}); // a record: proven up to 4
  CHECK(node.disk().record->proven == log_place{4, 1});
  node.is_instant = false;
  node.step(received{from_leader(3, 3, replicate_request{{2, 1}, {bare(3, 3)}, 0, 0})});
  REQUIRE(node.under_way);
  REQUIRE(node.under_way->term);
  CHECK(node.under_way->term->proven == log_place{2, 1});
  CHECK(node.under_way->cut_from == 3);
  node.lose_power(2); // record and cut, no entry
  node.start();
  CHECK(node.core.standing.may_vote(node.core.last()));
}

TEST_CASE("durability: a cut does not lower the proof of one who has lost its end") {
  core_disk disk = disk_of({1, 1, 1, 1}, 1, members_of(3));
  disk.record->proven = {7, 1};
  core_node node{1, disk};
  CHECK_FALSE(node.core.standing.may_vote(node.core.last()));
  node.is_instant = false;
  outputs out;
  node.step(received{from_leader(3, 3, replicate_request{{2, 1}, {bare(3, 3)}, 0, 0})});
  while (node.under_way && !node.under_way->cut_from)
    node.finish_one_write(out);
  REQUIRE(node.under_way);
  node.lose_power(2);
  node.start();
  CHECK_FALSE(node.core.standing.may_vote(node.core.last()));
}

TEST_CASE("durability: what is committed is never cut, the node stops instead") {
  core_node node = follower_with({1, 1, 1}, 1);
  node.step(received{from_leader(2, 1, replicate_request{{3, 1}, {}, 3, 0})});
  CHECK(node.core.committed == 3);
  const auto out = node.step(received{from_leader(3, 2, replicate_request{{3, 2}, {}, 0, 0})});
  CHECK_FALSE(out.failure); // only refused
  core_state core = node.core;
  outputs cuts;
  CHECK_FALSE(cut(core, 3, cuts));
  CHECK(cuts.failure);
}

TEST_CASE("durability: a candidate whose log is taken back leads with nothing it no longer has") {
  core_node node = follower_with({1, 1}, 1);
  node.step(tick{});
  node.is_instant = false;
  node.step(received{from_leader(2, 1, replicate_request{{2, 1}, {bare(3, 1)}, 0, 0})});
  for (int i = 0; i < 12; ++i)
    node.step(tick{i == 11 ? 0U : 1U});
  node.step(received{from_leader(3, 1, pre_vote_answer{2, true})});
  REQUIRE(node.core.role == role::candidate); // as one whose log ends at 3
  outputs refused = node.step(write_refused{node.under_way->number});
  CHECK(node.core.last() == log_place{2, 1});
  node.finish_write(refused);
  node.step(received{from_leader(3, 2, vote_answer{true})});
  CHECK_FALSE(node.core.is_leader());
}

TEST_CASE("durability: a full disk takes back as many configurations as it has no room for") {
  core_node node = follower_with({1, 1}, 1);
  node.step(tick{});
  node.is_instant = false;
  std::vector<entry> entries{bare(3, 1), bare(4, 1), bare(5, 1)};
  for (const std::size_t i : {0U, 2U}) {
    entries[i].kind = entry_kind::configuration;
    entries[i].members = members_of(3, static_cast<std::uint8_t>(i + 1));
  }
  node.step(received{from_leader(2, 1, replicate_request{{2, 1}, entries, 4, 0})});
  CHECK(node.core.members.index() == 5);
  CHECK_FALSE(node.step(write_refused{node.under_way->number}).failure);
  CHECK(node.core.last().index == 2);
  CHECK(node.core.members.index() == 1);
  outputs out; // with room they are there
  node.step(received{from_leader(2, 1, replicate_request{{2, 1}, entries, 4, 0})});
  node.finish_write(out);
  CHECK(node.core.members.index() == 5);
}

} // namespace
} // namespace aiex::consensus
