#include "aiex/persistence/consensus/limits.hpp"
#include "aiex/persistence/store/recovery.hpp"
#include "aiex/persistence/store/replica.hpp"

#include "support/replica_net.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace consensus;
using test::at_us;
using test::bytes_of;
using test::check_sound;
using test::next_event;
using test::put_event;
using test::replica_net;
using test::replica_node;
using test::settle;

TEST_CASE("replica: alone, an entry is committed by its sync, and there is no term record") {
  replica_node node;
  REQUIRE(node.start(1));
  for (std::uint64_t id = 1; id <= 3; ++id) {
    const entry next = next_event(*node.it, id);
    node.it->propose(next, {}, at_us(1));
    CHECK(last_index(node.media.log.storage()) == id - 1); // nothing is written yet
    REQUIRE(node.it->has_work());
    node.it->work(at_us(1));
    CHECK(node.it->applied().index == id); // put beside the sync
    CHECK_FALSE(node.it->has_work());
  }
  CHECK(node.operations == 3); // a sync each
  CHECK_FALSE(node.media.term.storage().read()->has_value());
  node.stop();
  REQUIRE(node.start(1));
  CHECK(node.it->core().is_leader());
  CHECK(node.it->applied().index == 3);
  CHECK(put_event(*node.it, 4));
  check_sound(node.media);
}

TEST_CASE("replica: alone, what finds no room is refused, and its place is used again") {
  replica_node node;
  REQUIRE(node.start(1));
  REQUIRE(put_event(*node.it, 1));
  node.media.state.set_bytes_free(aiex::limits::bytes_kept_free);
  CHECK_FALSE(put_event(*node.it, 2));
  const std::vector<refusal> refused = node.it->refused();
  REQUIRE(refused.size() == 1);
  CHECK(refused.front().index == 2);
  CHECK(refused.front().why == errc::store_full);
  CHECK_FALSE(node.it->failure());
  node.media.state.set_bytes_free(2 * aiex::limits::bytes_kept_free);
  CHECK(put_event(*node.it, 3));
  CHECK(node.it->applied().index == 2);
  check_sound(node.media);
}

TEST_CASE("replica: alone, a failed sync ends it, and the next start finds the entry or not") {
  for (const bool kept : {false, true})
    for (const std::size_t events : {1U, 100U}) {
      CAPTURE(kept);
      CAPTURE(events);
      replica_node node;
      REQUIRE(node.start(1));
      REQUIRE(put_event(*node.it, 1));
      node.media.log.fail_next_sync(kept);
      CHECK_FALSE(put_event(*node.it, 2, events));
      REQUIRE(node.it->failure());
      CHECK(node.it->failure()->code == errc::io);
      CHECK_FALSE(put_event(*node.it, 3));
      node.stop();
      REQUIRE(node.start(1));
      CHECK(node.it->applied().index == (kept ? 2 : 1));
      CHECK(put_event(*node.it, 4));
      check_sound(node.media);
    }
}

TEST_CASE("replica: a store made before becomes the first of three, and its entries stay") {
  replica_net net{3};
  for (std::uint64_t id = 1; id <= 5; ++id)
    REQUIRE(put_event(net.on(0), id));
  const std::vector<std::string> before = bytes_of(net.node(0).media.log);
  net.join_all();
  const std::uint64_t at = net.append(6);
  CHECK(at > 6);
  net.check_alike();
  std::vector<std::string> after = bytes_of(net.node(2).media.log);
  CHECK(after == bytes_of(net.node(0).media.log));
  after.resize(before.size());
  CHECK(after == before);
  CHECK(net.on(0).core().term() == 1); // nobody had to be elected
  const auto record = net.node(0).media.term.storage().read();
  REQUIRE(record);
  CHECK((*record)->run >= 1);
}

struct unreliable_net {
  const char* name;
  std::size_t (*copies)(std::uint64_t number);
};
constexpr unreliable_net unreliable_nets[] = {
  {"each third is lost", [](std::uint64_t number) -> std::size_t { return number % 3 != 0; }},
  {"each comes twice", [](std::uint64_t) -> std::size_t { return 2; }},
  {"half are lost, the others doubled",
    [](std::uint64_t number) -> std::size_t { return number * 0x9e3779b9U >> 7 & 2; }},
};

TEST_CASE("replica: three become alike over a net that loses and doubles") {
  for (const unreliable_net& each : unreliable_nets) {
    CAPTURE(each.name);
    replica_net net{3};
    net.join_all();
    std::uint64_t number = 0;
    net.copies_of = [&](const message&) { return each.copies(++number); };
    std::set<std::uint64_t> acknowledged;
    for (std::uint64_t id = 1; id <= 10; ++id)
      if (const std::uint64_t at = net.append(id); at != 0)
        CHECK(acknowledged.insert(at).second);
    net.copies_of = {};
    net.check_alike();
    CHECK(net.on(0).applied().index >= acknowledged.size());
  }
}

TEST_CASE("replica: the leader goes, another leads, and what was acknowledged is there") {
  replica_net net{3};
  net.join_all();
  std::vector<std::uint64_t> entries;
  for (std::uint64_t id = 1; id <= 3; ++id) {
    const std::size_t leads = net.settled_leader();
    entries.push_back(net.append(id));
    REQUIRE(entries.back() != 0);
    net.stop(leads);
    const std::size_t next = net.settled_leader();
    CHECK(next != leads);
    CHECK(net.on(next).core().last().index >= entries.back());
    REQUIRE(net.start(leads));
  }
  net.check_alike();
  CHECK(net.on(0).applied().position == position{3});
}

/// Joins three, appends, elects twice. Whoever's disk fails starts again.
std::vector<std::uint64_t> eventful_life(replica_net& net) {
  std::vector<std::uint64_t> acknowledged;
  std::uint64_t id = 0;
  const auto append = [&] {
    if (const std::uint64_t at = net.append(++id); at != 0)
      acknowledged.push_back(at);
  };
  append();
  net.join_all();
  append();
  for (int i = 0; i < 2; ++i) {
    const std::size_t leads = net.settled_leader();
    net.cut_off = {leads};
    append();
    net.cut_off.clear();
    append();
  }
  net.check_alike();
  return acknowledged;
}

TEST_CASE("replica: a disk fails at each of its operations, and nothing acknowledged is lost") {
  std::size_t failed = 0;
  for (std::size_t at = 0; at < 3; ++at)
    for (const bool kept : {false, true})
      for (std::size_t operation = 1;; ++operation) {
        CAPTURE(at);
        CAPTURE(kept);
        CAPTURE(operation);
        replica_net net{3};
        net.node(at).fault = {operation, kept};
        const auto acknowledged = eventful_life(net);
        CHECK(acknowledged.size() >= 4);
        const position last = net.on(0).applied().position;
        CHECK(last.value >= acknowledged.size());
        CHECK(last.value <= 6);
        if (net.restarts == 0)
          break; // fewer operations than that
        ++failed;
      }
  CHECK(failed > 60);
}

TEST_CASE("replica: a follower's disk is full, the others go on, and later it is like them") {
  replica_net net{3};
  net.join_all();
  const std::size_t leads = net.settled_leader();
  const std::size_t full = (leads + 1) % 3;
  net.node(full).media.state.set_bytes_free(0);
  for (std::uint64_t id = 1; id <= 3; ++id)
    CHECK(net.append(id) != 0);
  CHECK_FALSE(net.on(full).failure());
  CHECK(net.on(full).applied().position == position{});
  net.node(full).media.state.set_bytes_free(4 * aiex::limits::bytes_kept_free);
  net.check_alike();
}

TEST_CASE("replica: a leader's disk is full, another leads, and later it is like them") {
  replica_net net{3};
  net.join_all();
  const std::size_t leads = net.settled_leader();
  net.node(leads).media.state.set_bytes_free(0);
  const entry next = next_event(net.on(leads), 1);
  net.on(leads).propose(next, {}, at_us(1));
  net.on(leads).work(at_us(1));
  const std::vector<refusal> refused = net.on(leads).refused();
  REQUIRE(refused.size() == 1);
  CHECK(refused.front().why == errc::unknown_outcome);
  CHECK_FALSE(net.on(leads).core().is_leader());
  net.cut_off = {leads};
  CHECK(net.append(2) != 0);
  net.cut_off.clear();
  net.node(leads).media.state.set_bytes_free(4 * aiex::limits::bytes_kept_free);
  net.check_alike();
}

TEST_CASE("replica: what is written while members change is applied when the new ones have it") {
  replica_net net{2};
  net.change(member_change::act::add_learner, 2);
  net.check_alike();
  replica& leads = net.on(0);
  const entry next = next_event(leads, 1);
  leads.propose(next, {}, at_us(1)); // of the only voter
  REQUIRE(leads.next_work() == replica::work_kind::write);
  leads.take(consensus::change{7, {member_change::act::promote, {test::member_of(2)}}}, at_us(1));
  REQUIRE(leads.core().members.current().voters() == 2);
  leads.work(at_us(1));
  CHECK(leads.core().durable == next.place.index);
  CHECK(leads.applied().index <= leads.core().committed);
  net.check_alike();
  CHECK(net.on(1).applied().index == next.place.index + 1);
}

TEST_CASE("replica: what was cut while it was written is not applied for what came in its place") {
  replica_net net{3};
  net.join_all();
  const std::size_t old = net.settled_leader();
  replica& was_leader = net.on(old);
  net.paused = {old};
  was_leader.propose(next_event(was_leader, 1), {}, at_us(1));
  REQUIRE(was_leader.next_work() == replica::work_kind::write);
  const std::uint64_t index = was_leader.core().last().index;
  REQUIRE(net.append(2) > index);
  net.tell(old); // while its own entry is on the way to the disk
  REQUIRE(was_leader.core().terms.term_at(index) > 1);
  was_leader.work(at_us(1));
  CHECK(was_leader.applied().index < index);
  net.paused.clear();
  net.check_alike();
}

/// All that the one has to say arrives at the other.
void hand(replica& from, replica& to) {
  for (const message& each : from.words().messages)
    to.take(received{each}, at_us(1));
}

TEST_CASE("replica: without room, what another has seen is not refused as if nobody had") {
  for (const bool is_voter : {false, true}) {
    CAPTURE(is_voter);
    replica_net net{2};
    net.change(member_change::act::add_learner, 2);
    if (is_voter)
      net.change(member_change::act::promote, 2);
    net.check_alike();
    replica& leads = net.on(0);
    const entry first = next_event(leads, 1);
    leads.propose(first, {}, at_us(1));
    hand(leads, net.on(1)); // entries leave before they are durable here
    settle(net.on(1));
    REQUIRE(net.on(1).core().last() == first.place);
    leads.take(consensus::change{7, {member_change::act::remove, {test::member_of(2)}}}, at_us(1));
    REQUIRE(leads.core().members.current().members.size() == 1); // alone, but not when it began
    net.node(0).media.state.set_bytes_free(0);
    settle(leads);
    const std::vector<refusal> refused = leads.refused();
    REQUIRE_FALSE(refused.empty());
    CHECK(refused.front().why == errc::unknown_outcome);
    CHECK_FALSE((leads.core().is_leader() && leads.core().term() == first.place.term));
    const auto changes = leads.words().changes_done;
    REQUIRE(changes.size() == 1);
    CHECK_FALSE(changes.front().index); // it is given up, too
    net.node(0).media.state.set_bytes_free(4 * aiex::limits::bytes_kept_free);
    REQUIRE(net.append(2) != 0);
    net.check_alike();
  }
}

TEST_CASE("replica: a repair that comes too late does not write over what came in its place") {
  replica_net net{3};
  net.join_all();
  net.check_alike();
  REQUIRE(net.settled_leader() == 0);
  replica& hurt = net.on(2);
  for (std::size_t i = 0; i < 3; ++i)
    net.on(i).words();
  const entry old = next_event(net.on(0), 1);
  net.on(0).propose(old, {}, at_us(1));
  hand(net.on(0), hurt);
  settle(hurt);
  hurt.words();
  REQUIRE(hurt.core().last() == old.place);
  net.node(2).media.log.flip_bit(old.place.index, 8 * 100);
  hurt.take(damaged{old.place.index}, at_us(1));
  hurt.take(received{{test::member_of(1), test::member_of(3), test::history_of_test,
              hurt.core().term(), net.on(0).core().record.run, fetch_answer{{old}}}},
    at_us(1));
  REQUIRE(hurt.next_work() == replica::work_kind::repair);
  net.stop(0); // before its own disk has the entry
  REQUIRE(net.start(0));
  net.paused = {2};
  const std::size_t next = net.settled_leader();
  net.tell(2);
  REQUIRE(hurt.next_work() == replica::work_kind::write);
  settle(hurt);
  const std::size_t at = old.place.index - 1;
  CHECK(bytes_of(net.node(2).media.log).at(at) == bytes_of(net.node(next).media.log).at(at));
  net.paused.clear();
  net.check_alike();
}

TEST_CASE("replica: jobs of others beyond the limit are not kept") {
  replica_net net{3};
  net.join_all();
  replica& leads = net.on(net.settled_leader());
  const member_id asks = test::member_of(leads.core().self() == test::member_of(2) ? 3 : 2);
  for (std::size_t i = 0; i < 2 * replica::jobs_waiting_max; ++i)
    leads.take(received{{asks, leads.core().self(), test::history_of_test, leads.core().term(), 9,
                 fetch_request{1, 1}}},
      at_us(1));
  std::size_t done = 0;
  for (; leads.has_work(); ++done)
    leads.work(at_us(1));
  CHECK(done == replica::jobs_waiting_max);
  CHECK(leads.words().messages.size() == replica::jobs_waiting_max);
}

} // namespace
} // namespace aiex
