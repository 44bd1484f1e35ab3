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
  CHECK(out.repairs[0].is_certain);
  out = node.step(repaired{{3, 1}});
  REQUIRE(out.messages.size() == 1);
  const auto rest = std::get<replicate_answer>(out.messages[0].what);
  CHECK(rest.matches);
  CHECK(rest.matched == 4);
}

TEST_CASE("repair: asks the leader while it is heard, and then the others, too") {
  core_node node{1, disk_of({1, 1, 1}, 1, members_of(3))};
  node.step(tick{1});
  node.step(received{to_first(2, 1, heartbeat{})});
  node.step(damaged{2});
  const auto asked_in = [&](std::uint32_t ticks) {
    std::set<member_id> asked;
    for (std::uint32_t i = 0; i < ticks; ++i)
      for (const message& each : node.step(tick{1}).messages)
        if (each.is<fetch_request>())
          asked.insert(each.to);
    return asked;
  };
  const std::uint32_t patience = node.core.options.election_ticks;
  CHECK(asked_in(patience - 1) == std::set{member_of(2)});
  CHECK(asked_in(4) == std::set{member_of(2), member_of(3)}); // it is silent
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

TEST_CASE("repair: what comes is certain by its place, or by a leader that has it committed") {
  core_disk between = disk_of({1, 1, 3}, 3, members_of(3));
  between.log[1].place.term = 1; // of term 1, 2 or 3
  between.damaged = {2};
  core_start found = between.found();
  found.terms.set_unknown(2);
  core_state core = first_core(found);
  const auto hear = [&](std::uint8_t from, payload what) {
    outputs out;
    step(core, received{to_first(from, 3, std::move(what))}, out);
    return out.repairs;
  };
  auto repairs = hear(3, fetch_answer{{bare(2, 2)}});
  REQUIRE(repairs.size() == 1);
  CHECK_FALSE(repairs[0].is_certain);
  hear(2, replicate_request{{1, 1}, {}, 1, 0});
  CHECK_FALSE(hear(2, fetch_answer{{bare(2, 2)}}).at(0).is_certain);
  hear(2, replicate_request{{1, 1}, {bare(2, 2), bare(3, 3)}, 3, 0});
  CHECK(core.committed == 3);
  CHECK(hear(2, fetch_answer{{bare(2, 2)}}).at(0).is_certain);
  CHECK_FALSE(hear(3, fetch_answer{{bare(2, 2)}}).at(0).is_certain);
}

TEST_CASE("repair: what cannot be the leader's entry is cut, readable or not") {
  core_start found = disk_of({1, 1, 1, 2}, 2, members_of(3)).found();
  found.terms.set_unknown(3); // of term 1 or 2
  found.damaged = {3};
  core_state core = first_core(found);
  outputs out;
  step(core, received{to_first(2, 4, replicate_request{{2, 1}, {bare(3, 4)}, 3, 0})}, out);
  CHECK(out.repairs.empty());
  CHECK(core.last() == log_place{3, 4});
  CHECK(core.standing.damaged().empty());
  REQUIRE(out.write);
  CHECK(out.write->cut_from == 3);
}

TEST_CASE("repair: what is committed agrees with every leader, readable or not") {
  core_start found = disk_of({1, 1, 2, 2}, 2, members_of(3)).found();
  found.terms.set_unknown(2);
  found.damaged = {2};
  found.committed = 2;
  core_state core = first_core(found);
  outputs out;
  step(core, received{to_first(2, 4, replicate_request{{2, 1}, {bare(3, 4)}, 2, 0})}, out);
  CHECK(core.last() == log_place{3, 4});
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

TEST_CASE("repair: who does not know what it had is told by a leader that knows its new life") {
  test::core_disk disk = disk_of({1, 1}, 1, members_of(3));
  disk.record->proven = {unknown_index, 1};
  core_node node{1, std::move(disk)};
  node.step(tick{1});
  const std::uint64_t run = node.core.record.run;
  const auto may_vote = [&] { return node.core.standing.may_vote(node.core.last_durable()); };
  node.step(received{to_first(2, 1, heartbeat{2, 0, 0, 3, run - 1})});
  CHECK(node.core.standing.proven().index == unknown_index); // may still count the former one
  node.step(received{to_first(2, 1, heartbeat{2, 0, 0, 3, run})});
  CHECK(node.core.standing.proven() == log_place{3, 1});
  CHECK(node.core.record.proven == log_place{3, 1}); // on its way to the disk
  CHECK_FALSE(may_vote());
  node.step(received{to_first(2, 1, replicate_request{{2, 1}, {bare(3, 1)}, 2, 0})});
  CHECK(may_vote());
  node.step(received{to_first(2, 1, heartbeat{2, 0, 0, 9, run})}); // nothing is unknown any more
  CHECK(node.core.standing.proven() == log_place{3, 1});
}

TEST_CASE("repair: of several the last one is fetched first, for what follows it proves it") {
  core_node node{1, disk_of({1, 1, 1, 1, 1}, 1, members_of(3))};
  node.step(tick{1});
  for (const std::uint64_t index : {3U, 4U}) {
    node.step(damaged{index});
    node.core.terms.set_unknown(index);
  }
  auto out = node.step(tick{1});
  while (out.messages.empty())
    out = node.step(tick{1});
  CHECK(std::get<fetch_request>(out.messages[0].what) == fetch_request{4, 4});
  out = node.step(received{to_first(3, 1, fetch_answer{{bare(3, 1), bare(4, 1)}})});
  REQUIRE(out.repairs.size() == 1); // the one before it would be held against nothing
  CHECK(out.repairs[0].what.place.index == 4);
  node.step(repaired{{4, 1}});
  out = node.step(received{to_first(3, 1, fetch_answer{{bare(3, 1), bare(4, 1)}})});
  REQUIRE(out.repairs.size() == 1);
  CHECK(out.repairs[0].what.place.index == 3);
}

TEST_CASE("repair: a repaired entry has its own term, whatever was taken for it") {
  core_node node{1, disk_of({1, 1, 2}, 2, members_of(3))};
  node.step(tick{1});
  node.core.terms.set_unknown(2);
  node.step(damaged{2});
  node.step(repaired{{2, 2}});
  CHECK(node.core.terms.term_at(2) == 2);
  CHECK(node.core.terms.last_run_begins() == 2);
}

TEST_CASE("repair: a proof without a place is not written down, another start counts again") {
  core_start found = disk_of({1, 1}, 1, members_of(3)).found();
  found.proven = {unknown_index, 1};
  core_state core = first_core(found);
  outputs out;
  step(core, tick{1}, out);
  REQUIRE(out.write);
  REQUIRE(out.write->term);
  CHECK(out.write->term->proven.index != unknown_index);
}

} // namespace
} // namespace aiex::consensus
