#include "aiex/persistence/consensus/repair.hpp"

#include "support/core_net.hpp"

#include <doctest/doctest.h>

#include <set>

namespace aiex::consensus {
namespace {

using namespace test;

message to_first(std::uint8_t from, std::uint64_t term, payload what) {
  return {member_of(from), member_of(1), history_of_test, term, 1, std::move(what)};
}

TEST_CASE("repair: a leader that finds damage hands over to one that has everything") {
  core_net net{{.is_instant = true}, 1};
  net.elect(0);
  net.calm_round();
  net.input(0, damaged{1});
  CHECK(net.node(0).core.role == role::follower);
  net.deliver_all();
  REQUIRE(net.leader());
  CHECK(*net.leader() != 0);
  CHECK_FALSE(net.node(0).core.standing.may_lead(net.node(0).core.last()));
}

TEST_CASE("repair: what cannot be read is not acknowledged, nor anything behind it") {
  core_node node{1, disk_of({1, 1, 1, 1}, 1, members_of(3))};
  node.step(tick{});
  node.step(damaged{3});
  auto out = node.step(received{to_first(2, 1, replicate_request{{4, 1}, {}, 0, 0})});
  REQUIRE(out.messages.size() == 1);
  const auto refused = std::get<replicate_answer>(out.messages[0].what);
  CHECK_FALSE(refused.matches);
  CHECK(refused.hint == log_place{2, 1});
  out =
    node.step(received{to_first(2, 1, replicate_request{{2, 1}, {bare(3, 1), bare(4, 1)}, 0, 0})});
  REQUIRE(out.messages.size() == 1);
  CHECK(std::get<replicate_answer>(out.messages[0].what).matched == 2);
  REQUIRE(out.repairs.size() == 1);
  CHECK(out.repairs[0].what.place == log_place{3, 1});
  out = node.step(repaired{3});
  REQUIRE(out.messages.size() == 1);
  const auto rest = std::get<replicate_answer>(out.messages[0].what);
  CHECK(rest.matches);
  CHECK(rest.matched == 4);
}

TEST_CASE("repair: asks at each tick, one after the other, and deposes nobody by it") {
  core_node node{1, disk_of({1, 1, 1}, 1, members_of(3))};
  node.step(tick{1});
  node.step(damaged{2});
  std::set<member_id> asked;
  for (int i = 0; i < 6; ++i)
    for (const message& each : node.step(tick{1}).messages) {
      REQUIRE(each.is<fetch_request>());
      CHECK(std::get<fetch_request>(each.what) == fetch_request{2, 2});
      asked.insert(each.to);
    }
  CHECK(asked.size() == 2);
  const auto out = node.step(received{to_first(3, 99, fetch_answer{{bare(2, 1), bare(3, 1)}})});
  CHECK(node.core.term() == 1);
  REQUIRE(out.repairs.size() == 1);
  CHECK(out.repairs[0].what.place.index == 2);
}

TEST_CASE("repair: who is asked reads what is whole, whoever asks in whatever term") {
  core_node node{1, disk_of({1, 1, 1, 1}, 5, members_of(3))};
  node.step(tick{1});
  auto out = node.step(received{to_first(3, 1, fetch_request{2, 9})});
  REQUIRE(out.reads.size() == 1);
  CHECK(out.reads[0].is_fetch);
  CHECK(out.reads[0].to == 4);
  out = node.step(input{node.read_of(out.reads[0])});
  REQUIRE(out.messages.size() == 1);
  CHECK(std::get<fetch_answer>(out.messages[0].what).entries.size() == 3);
  node.step(damaged{3});
  out = node.step(received{to_first(3, 1, fetch_request{2, 9})});
  REQUIRE(out.reads.size() == 1);
  CHECK(out.reads[0].to == 2);
  CHECK(node.step(received{to_first(3, 1, fetch_request{3, 3})}).reads.empty());
}

TEST_CASE("repair: a leader knows what an earlier life of a member acknowledged") {
  core_node node{1, disk_of({1, 1}, 1, members_of(3))};
  node.step(tick{1});
  node.step(received{to_first(2, 1, heartbeat{0, 0, 5})});
  CHECK(node.core.standing.proven() == log_place{5, 1});
  CHECK(node.disk().record->proven == log_place{5, 1});
  for (int i = 0; i < 40; ++i)
    node.step(tick{0});
  CHECK(node.core.role == role::follower); // neither leads
  const auto out = node.step(received{to_first(3, 2, vote_request{{3, 1}, false})});
  REQUIRE_FALSE(out.messages.empty());
  CHECK_FALSE(std::get<vote_answer>(out.messages.back().what).granted); // nor votes
  node.step(received{to_first(2, 2, replicate_request{{2, 1}, {bare(3, 2)}, 0, 0})});
  CHECK(node.core.standing.may_vote(node.core.last())); // a later leader's entry
}

TEST_CASE("repair: a proof known as a position only is made exact once") {
  core_start found = disk_of({1, 1}, 1, members_of(3)).found();
  found.proven = {unknown_index, 1};
  core_options options;
  options.self = member_of(1);
  options.history = history_of_test;
  core_state core = begin(options, found);
  CHECK_FALSE(core.standing.may_vote(core.last()));
  outputs out;
  step(core, recount{{2, 1}}, out);
  CHECK(core.standing.may_vote(core.last()));
  step(core, recount{{9, 1}}, out); // nothing is unknown any more
  CHECK(core.standing.may_vote(core.last()));
}

} // namespace
} // namespace aiex::consensus
