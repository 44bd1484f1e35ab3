#include "aiex/persistence/consensus/begin.hpp"
#include "aiex/persistence/consensus/commit.hpp"

#include "support/core_node.hpp"

#include <doctest/doctest.h>

namespace aiex::consensus {
namespace {

using namespace test;

core_disk logs(std::vector<std::uint64_t> terms) {
  core_disk made;
  for (std::uint64_t i = 0; i < terms.size(); ++i)
    made.log.push_back(bare(i + 1, terms[i]));
  return made;
}

TEST_CASE("begin: a store alone leads at once, and its entries are all that is written") {
  core_node node{1, logs({1, 1, 4})};
  CHECK(node.core.is_leader());
  CHECK(node.core.term() == 4);
  CHECK(node.core.committed == 3);
  node.is_instant = false;
  CHECK(node.step(tick{}).messages.empty());
  CHECK_FALSE(node.under_way); // idle: nothing
  node.propose();
  REQUIRE(node.under_way);
  CHECK_FALSE(node.under_way->term);
  CHECK_FALSE(node.under_way->cut_from);
  CHECK(node.under_way->entries.size() == 1);
  CHECK(committed_if_durable(node.core, 4) == 4);
  outputs out;
  node.finish_write(out);
  CHECK(out.committed == 4);
}

TEST_CASE("begin: an empty store alone begins in term 1") {
  core_node node{1, {}};
  CHECK(node.core.term() == 1);
  const auto out = node.propose();
  CHECK(out.committed == 1);
  CHECK(out.refused.empty());
}

TEST_CASE("begin: what comes during a write gathers in the next one") {
  core_node node{1, {}};
  node.is_instant = false;
  node.propose();
  node.propose();
  node.propose();
  REQUIRE(node.under_way);
  CHECK(node.under_way->entries.size() == 1);
  const auto first = node.under_way->number;
  outputs out;
  step(node.core, written{first}, out);
  CHECK(out.committed == 1);
  REQUIRE(out.write);
  CHECK(out.write->number == first + 1);
  CHECK(out.write->entries.size() == 2);
}

TEST_CASE("begin: a proposal fits its place, or is refused") {
  core_node node{1, logs({2})};
  for (const log_place place :
    {log_place{1, 2}, log_place{3, 2}, log_place{2, 1}, log_place{2, 3}}) {
    const auto out = node.step(proposal{bare(place.index, place.term)});
    REQUIRE(out.refused.size() == 1);
    CHECK(out.refused[0].why == errc::no_quorum);
  }
  CHECK(node.core.last() == log_place{1, 2});
}

TEST_CASE("begin: more than may wait is overloaded") {
  core_node node{1, {}};
  node.is_instant = false;
  for (std::size_t i = 0; i < limits::uncommitted_entries; ++i)
    CHECK(node.propose().refused.empty());
  const auto out = node.propose();
  REQUIRE(out.refused.size() == 1);
  CHECK(out.refused[0].why == errc::overloaded);
}

TEST_CASE("begin: the first configuration takes the first term record in front of it") {
  core_node node{1, logs({1})};
  node.is_instant = false;
  node.propose(members_of(1, 1));
  REQUIRE(node.under_way);
  REQUIRE(node.under_way->term);
  CHECK(node.under_way->term->term == 1);
  CHECK(node.under_way->term->vote == member_of(1));
  CHECK(node.under_way->term->run == 1);
  // Nobody hears of it before it is durable: this node would resume its term without it.
  CHECK(node.step(tick{}).messages.empty());
  outputs out;
  node.finish_write(out);
  CHECK_FALSE(out.messages.empty());
}

TEST_CASE("begin: what it is follows from record and configuration") {
  struct example {
    const char* name;
    core_disk disk;
    bool leads;
    bool is_void;
    std::size_t members;
  };
  core_disk founding = logs({3});
  founding.record = term_record{.term = 3, .vote = member_of(1), .run = 1};
  core_disk joiner;
  joiner.record = term_record{.joins = true};
  core_disk lost = disk_of({1, 2}, 2, members_of(3));
  lost.record.reset();
  const example table[] = {
    {"no record, no configuration", logs({1, 1}), true, false, 1},
    {"founding was begun", founding, true, false, 1},
    {"to join", joiner, false, false, 0},
    {"a member", disk_of({1, 2}, 2, members_of(3)), false, false, 3},
    {"alone, led last", disk_of({1, 2}, 2, members_of(1), member_of(1)), true, false, 1},
    {"alone, a later term", disk_of({1, 2}, 3, members_of(1), member_of(1)), false, false, 1},
    {"alone, did not lead", disk_of({1, 2}, 2, members_of(1), member_of(2)), false, false, 1},
    {"the record is lost", lost, false, true, 0},
    {"the record is older than the log", disk_of({1, 2}, 1, members_of(3)), false, true, 0},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    const core_node node{1, row.disk};
    CHECK(node.core.is_leader() == row.leads);
    CHECK(node.core.standing.is_void() == row.is_void);
    CHECK(node.core.members.current().members.size() == row.members);
  }
}

TEST_CASE("begin: who lacks an entry does not take itself for the only member") {
  core_disk rotten = disk_of({1, 1}, 1, members_of(3), member_of(1));
  rotten.damaged = {1}; // with its members
  core_disk cut = logs({});
  cut.record = term_record{.term = 1, .vote = member_of(1), .proven = {1, 1}, .run = 1};
  core_disk grown = disk_of({1, 1}, 1, members_of(1), member_of(1));
  grown.damaged = {2}; // perhaps with more members
  for (const core_disk& disk : {rotten, cut, grown}) {
    core_node node{1, disk};
    for (int i = 0; i < 50; ++i)
      node.step(tick{});
    CHECK(node.core.role == role::follower);
  }
  core_node node{1, rotten};
  node.step(received{{member_of(2), member_of(1), history_of_test, 1, 1, heartbeat{}}});
  const auto out = node.step(tick{}); // from whom it hears, it asks
  REQUIRE(out.messages.size() == 1);
  CHECK(out.messages[0].to == member_of(2));
  CHECK(out.messages[0].is<fetch_request>());
}

TEST_CASE("begin: a damaged end is cut behind the proof that it was there") {
  core_start found = disk_of({1, 1}, 1, members_of(3)).found();
  found.proven = {3, 1};
  found.damaged_end = 3;
  core_state core = first_core(found);
  outputs out;
  step(core, tick{}, out);
  REQUIRE(out.write); // in this order
  REQUIRE(out.write->term);
  CHECK(out.write->term->proven == log_place{3, 1});
  CHECK(out.write->cut_from == 3);
}

TEST_CASE("begin: each life has a greater run, durable before its first message") {
  core_node node{1, disk_of({1}, 1, members_of(2))};
  node.is_instant = false;
  outputs all = node.step(tick{});
  REQUIRE(node.under_way);
  REQUIRE(node.under_way->term);
  CHECK(node.under_way->term->run == 1);
  for (int i = 0; i < 30; ++i)
    CHECK(node.step(tick{}).messages.empty());
  outputs out;
  node.finish_write(out);
  CHECK_FALSE(out.messages.empty());
  CHECK(out.messages[0].run == 1);
  node.start();
  CHECK(node.core.record.run == 2);
}

TEST_CASE("begin: who waits to join never campaigns, and who is void takes part in nothing") {
  core_disk joiner;
  joiner.record = term_record{.joins = true};
  core_node waits{1, joiner};
  for (int i = 0; i < 50; ++i)
    CHECK(waits.step(tick{}).messages.empty());
  CHECK(waits.core.role == role::follower);
  core_disk lost = disk_of({1}, 1, members_of(2));
  lost.record.reset();
  core_node gone{1, lost};
  const message beat{member_of(2), member_of(1), history_of_test, 5, 1, heartbeat{}};
  CHECK(gone.step(received{beat}).messages.empty());
  CHECK(gone.core.term() == 0);
}

TEST_CASE("begin: the only voter of more members elects itself at its first tick") {
  core_node node{1, disk_of({1, 1}, 1, members_of(1, 1), member_of(1))};
  CHECK_FALSE(node.core.is_leader());
  node.step(tick{});
  CHECK(node.core.is_leader());
  CHECK(node.core.term() == 2);
  CHECK(node.core.committed == 3); // with its no-op
}

TEST_CASE("begin: who had no room for its no-op tries again at the next tick") {
  core_node node{1, disk_of({1, 1}, 1, members_of(1), member_of(2))};
  node.is_instant = false;
  for (int i = 0; i < 3 && !node.core.is_leader(); ++i) {
    node.step(tick{}); // elects itself
    node.step(written{std::exchange(node.under_way, {})->number});
  }
  REQUIRE(node.core.is_leader());
  REQUIRE(node.under_way);
  REQUIRE(node.under_way->entries.size() == 1);
  node.step(write_refused{std::exchange(node.under_way, {})->number});
  CHECK(node.core.is_leader());
  CHECK_FALSE(node.core.leading->ready);
  node.step(tick{});
  REQUIRE(node.under_way);
  outputs out;
  node.finish_write(out);
  CHECK(node.core.leading->ready);
}

TEST_CASE("begin: a full disk takes back what was not written, and alone goes on in its term") {
  core_node node{1, logs({1})};
  node.is_instant = false;
  node.propose();
  node.propose();
  const auto out = node.step(write_refused{node.under_way->number});
  CHECK(node.core.last() == log_place{1, 1});
  CHECK(node.core.is_leader());
  CHECK(node.core.writes.unsynced.empty());
  CHECK(node.core.writes.entries.empty());
  CHECK(node.core.leading->uncommitted.empty());
  CHECK_FALSE(out.failure);
  CHECK(node.propose().refused.empty());
}

TEST_CASE("begin: who is void by too much damage, or alone without what it had, does not lead") {
  core_options options;
  options.self = member_of(1);
  options.history = history_of_test;
  core_start damaged_log = disk_of({1}, 1, members_of(1), member_of(1)).found();
  for (std::uint64_t i = 2; i < limits::damaged_entries + 4; ++i) {
    damaged_log.terms.append({i, 1});
    damaged_log.damaged.insert(i);
  }
  CHECK(begin(options, damaged_log).standing.is_void());
  CHECK_FALSE(begin(options, damaged_log).is_leader());
  core_start shorter = disk_of({1, 1}, 1, members_of(1), member_of(1)).found();
  shorter.record->proven = {3, 1};
  CHECK_FALSE(begin(options, shorter).is_leader());
}

} // namespace
} // namespace aiex::consensus
