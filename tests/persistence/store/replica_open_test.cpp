// What a member does whose log, state or term record is not what it was.
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
using test::bytes_of;
using test::put_event;
using test::replica_net;
using test::replica_node;

/// Entries 1 … 6 on three nodes, and the last node down, its state dropped.
void make_three_with_events(replica_net& net) {
  for (std::uint64_t id = 1; id <= 4; ++id)
    REQUIRE(put_event(net.on(0), id));
  net.join_all();
  for (std::uint64_t id = 5; id <= 6; ++id)
    REQUIRE(net.append(id) != 0);
  net.check_alike();
  net.stop(2);
  net.node(2).media.state = memory_tables{};
}

TEST_CASE("replica open: entries that were damaged are fetched from others, and nothing is cut") {
  constexpr std::uint64_t in_its_header = 8 * 100;
  const std::vector<std::vector<std::uint64_t>> damages{{1}, {3}, {2, 3}, {1, 2, 3, 4}};
  for (const auto& indexes : damages) {
    CAPTURE(indexes.size());
    CAPTURE(indexes.front());
    replica_net net{3};
    make_three_with_events(net);
    const std::vector<std::string> before = bytes_of(net.node(2).media.log);
    for (const std::uint64_t index : indexes)
      net.node(2).media.log.flip_bit(index, in_its_header);
    REQUIRE(net.start(2));
    CHECK(net.on(2).core().standing.damaged().size() == indexes.size());
    net.serve(2);
    CHECK(net.on(2).applied().index < indexes.front());
    CHECK(bytes_of(net.node(2).media.log).size() == before.size());
    net.check_alike();
    CHECK(bytes_of(net.node(2).media.log).size() >= before.size());
    CHECK(net.on(2).core().standing.damaged().empty());
  }
}

TEST_CASE("replica open: damage that shows only when the entry is applied is mended, too") {
  replica_net net{3};
  make_three_with_events(net);
  REQUIRE(net.start(2));
  REQUIRE(net.on(2).core().standing.damaged().empty());
  net.node(2).media.log.flip_bit(2, 8 * 100);
  net.node(2).media.log.flip_bit(4, 8 * 100);
  net.check_alike();
}

TEST_CASE("replica open: a damaged end is cut once its proof is durable, and comes from others") {
  for (const std::uint64_t damaged : {1U, 2U}) {
    CAPTURE(damaged);
    replica_net net{3};
    make_three_with_events(net);
    const std::uint64_t last = bytes_of(net.node(2).media.log).size();
    for (std::uint64_t i = 0; i < damaged; ++i)
      net.node(2).media.log.flip_bit(last - i, 8 * 100);
    REQUIRE(net.start(2));
    CHECK(net.on(2).core().standing.damaged().empty());
    CHECK(net.on(2).core().last().index == last - damaged);
    CHECK(net.on(2).core().standing.proven().index == last);
    CHECK_FALSE(net.on(2).core().standing.may_vote(net.on(2).core().last()));
    CHECK(bytes_of(net.node(2).media.log).size() == last); // nothing is cut yet
    net.stop(2);
    REQUIRE(net.start(2));
    CHECK(net.on(2).core().standing.proven().index == last);
    net.check_alike();
    const auto record = net.node(2).media.term.storage().read();
    REQUIRE(record);
    CHECK((*record)->proven.index >= last);
  }
}

TEST_CASE("replica open: of two voters a damaged end is kept, it may say that one is left") {
  replica_net net{2};
  net.join_all();
  REQUIRE(net.append(1) != 0);
  net.change(member_change::act::remove, 2);
  REQUIRE(net.append(2) != 0);
  net.stop(0);
  net.node(0).media.state = memory_tables{};
  const std::uint64_t last = bytes_of(net.node(0).media.log).size();
  for (const std::uint64_t index : {last - 1, last}) // the removal, and what came behind it
    net.node(0).media.log.flip_bit(index, 8 * 100);
  REQUIRE(net.start(0));
  net.paused = {1};
  for (int i = 0; i < 100; ++i)
    net.round();
  CHECK_FALSE(net.on(0).core().is_leader());
  CHECK(bytes_of(net.node(0).media.log).size() == last);
}

TEST_CASE("replica open: the only voter, whose record proves more than its log has, says so") {
  replica_net net{2};
  REQUIRE(put_event(net.on(0), 1));
  net.change(member_change::act::add_learner, 2);
  net.change(member_change::act::remove, 2);
  REQUIRE(net.append(2) != 0);
  net.stop(0);
  REQUIRE(net.start(0)); // its record says where the log was
  net.round();
  net.stop(0);
  const auto log = net.node(0).media.log.storage();
  REQUIRE(log.cut(*last_index(log))); // lost
  for (const bool keeps_state : {true, false}) {
    CAPTURE(keeps_state);
    if (!keeps_state)
      net.node(0).media.state = memory_tables{};
    const auto opened = net.start(0);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::lost_events);
  }
}

TEST_CASE("replica open: alone among its members, damage at the end is an error and stays") {
  replica_net net{2};
  REQUIRE(put_event(net.on(0), 1));
  net.join_all();
  net.change(member_change::act::remove, 2);
  REQUIRE(net.append(2) != 0);
  net.stop(0);
  const std::uint64_t last = bytes_of(net.node(0).media.log).size();
  net.node(0).media.state = memory_tables{};
  net.node(0).media.log.flip_bit(last, 8 * 100);
  const auto opened = net.start(0);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::corrupt);
  CHECK(bytes_of(net.node(0).media.log).size() == last);
}

TEST_CASE("replica open: whose log lost its end votes only when it has caught up") {
  replica_net net{3};
  make_three_with_events(net);
  net.node(2).media.state = memory_tables{};
  REQUIRE(net.start(2));
  net.check_alike();
  net.stop(2);
  const auto log = net.node(2).media.log.storage();
  const auto last = last_index(log);
  REQUIRE(last);
  REQUIRE(net.node(2).media.state.storage().sync());
  REQUIRE(catch_up(log, net.node(2).media.state.storage()));
  REQUIRE(log.cut(*last - 1)); // lost, and its state proves it
  const auto opened = net.start(2);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::corrupt);
  net.node(2).media.state = memory_tables{};
  REQUIRE(net.start(2));
  CHECK_FALSE(net.on(2).core().standing.may_vote(net.on(2).core().last()));
  net.stop(0);
  net.stop(1);
  for (int i = 0; i < 50; ++i)
    net.round();
  CHECK(net.on(2).core().role == role::follower);
  REQUIRE(net.start(0));
  REQUIRE(net.start(1));
  net.stop(2); // it could elect nobody who has less
  REQUIRE(net.append(8) != 0);
  REQUIRE(net.start(2));
  net.check_alike();
}

TEST_CASE("replica open: a member without its term record, or with one too old, is not opened") {
  replica_net net{3};
  make_three_with_events(net);
  REQUIRE(net.start(2));
  const std::size_t leads = net.settled_leader();
  net.stop(leads);
  const std::size_t next = net.settled_leader(); // in a later term
  REQUIRE(net.start(leads));
  REQUIRE(net.append(9) != 0);
  const auto old = term_record{.term = 1, .run = 9};
  struct example {
    const char* name;
    void (*spoil)(memory_term&, const term_record&);
  };
  const example table[] = {
    {"lost", [](memory_term& term, const term_record&) { term.lose(); }},
    {"damaged", [](memory_term& term, const term_record&) { term.damage(); }},
    {"older than the log",
      [](memory_term& term, const term_record& record) { REQUIRE(term.storage().write(record)); }},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    net.stop(next);
    row.spoil(net.node(next).media.term, old);
    const auto opened = net.start(next);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::corrupt);
  }
}

TEST_CASE("replica open: a member whose state is of another log is not opened with it") {
  replica_net net{3};
  make_three_with_events(net);
  replica_node other;
  REQUIRE(other.start(1));
  REQUIRE(put_event(*other.it, 77));
  net.node(2).media.state = other.media.state;
  other.it.reset();
  const auto opened = net.start(2);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::corrupt);
}

} // namespace
} // namespace aiex
