// What a replica does with entries that it cannot read: more of them than it keeps work for, and
// whose members it does not know.
#include "aiex/persistence/state/keys.hpp"
#include "aiex/persistence/store/replica.hpp"
#include "aiex/persistence/store/replica_reads.hpp"

#include "support/replica_net.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace aiex {
namespace {

using namespace consensus;
using test::at_us;
using test::bytes_of;
using test::put_event;
using test::replica_net;

constexpr std::uint64_t behind_its_prefix = 8 * 100;

/// Three alike, the first one leads, and entries 1 … `count` of the second one are turned.
struct net_with_damage {
  replica_net net{3};
  std::uint64_t count;
  std::vector<std::string> before;

  explicit net_with_damage(std::uint64_t damaged_entries) : count(damaged_entries) {
    for (std::uint64_t id = 1; id <= count + 10; ++id)
      REQUIRE(put_event(net.on(0), id));
    net.join_all();
    net.check_alike();
    REQUIRE(net.settled_leader() == 0);
    before = bytes_of(net.node(1).media.log);
    for (std::uint64_t index = 1; index <= count; ++index) {
      net.node(1).media.log.flip_bit(index, behind_its_prefix);
      hurt().take(damaged{index}, at_us(1));
    }
    REQUIRE(still_damaged() == count);
  }

  replica& hurt() { return net.on(1); }
  std::size_t still_damaged() { return hurt().core().standing.damaged().size(); }

  /// The leader's entries `from` … `to` in one message; how much work that was.
  std::size_t answer(std::uint64_t from, std::uint64_t to) {
    fetch_answer all;
    for (std::uint64_t index = from; index <= to; ++index)
      all.entries.push_back(*read_entry(net.node(0).media.log.storage(), index));
    const core_state& leads = net.on(0).core();
    hurt().take(received{{leads.self(), hurt().core().self(), test::history_of_test, leads.term(),
                  leads.record.run, std::move(all)}},
      at_us(1));
    std::size_t done = 0;
    for (; hurt().has_work(); ++done)
      hurt().work(at_us(1));
    return done;
  }
};

TEST_CASE("replica reads: of more repairs than may wait, those left out are asked for again") {
  constexpr std::uint64_t most = replica::jobs_waiting_max;
  constexpr std::uint64_t count = 2 * most + 20;
  net_with_damage made{count};
  CHECK(made.answer(1, count) == most);
  CHECK(made.still_damaged() >= count - most); // no more than it kept
  const std::size_t before = made.still_damaged();
  CHECK(made.answer(count - most + 1, count) == most); // as many as may wait, and all are of use
  CHECK(made.still_damaged() == std::min<std::size_t>(before, count - most));
  CHECK_FALSE(made.hurt().failure());

  std::set<std::uint64_t> asked;
  made.net.copies_of = [&](const message& each) -> std::size_t {
    if (each.from == made.hurt().core().self() && each.is<fetch_request>())
      asked.insert(std::get<fetch_request>(each.what).from);
    return 1;
  };
  CHECK(made.net.run_until([&] { return made.still_damaged() == 0; }));
  CHECK(asked.contains(1)); // nobody else would have sent it
  CHECK(bytes_of(made.net.node(1).media.log) == made.before);
  REQUIRE(made.net.append(1'000) != 0);
  made.net.check_alike();
}

TEST_CASE("replica reads: what is kept of too many repairs is not put back unproven") {
  constexpr std::uint64_t count = replica::jobs_waiting_max + 1;
  net_with_damage made{count};
  CHECK(made.answer(1, count - 1) == count - 1);
  CHECK(made.still_damaged() == count); // the one behind them is unreadable, so nothing proves them
  CHECK(made.answer(2, count) == count - 1);
  CHECK(made.still_damaged() == 1);
  CHECK(made.answer(1, 1) == 1);
  CHECK(made.still_damaged() == 0);
  CHECK(bytes_of(made.net.node(1).media.log) == made.before);
}

/// The state's row of the members, with one bit turned.
void turn_members(const memory_tables& state, std::size_t bit) {
  REQUIRE(state.storage().write(durability::synced, [&](table_writer& tables) -> result<void> {
    std::string row{*tables.get(state_tables::meta, "members")};
    row.at(bit / 8) = static_cast<char>(row.at(bit / 8) ^ (1 << (bit % 8)));
    tables.put(state_tables::meta, "members", row);
    return {};
  }));
}

// The founder's term record does not say that there are others.
TEST_CASE("replica reads: who cannot read whose member it is does not lead alone") {
  constexpr std::size_t first_bits[] = {0, 8 * 7, 8 * 8, 8 * 20, 8 * 40};
  for (const std::size_t bit : first_bits) {
    CAPTURE(bit);
    replica_net net{3};
    REQUIRE(put_event(net.on(0), 1));
    net.join_all();
    net.check_alike();
    REQUIRE(net.node(0).media.state.storage().sync());
    net.stop(0);
    turn_members(net.node(0).media.state, bit);
    const auto opened = net.start(0);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::corrupt);
    net.node(0).media.state = memory_tables{}; // built again
    REQUIRE(net.start(0));
    CHECK_FALSE(net.on(0).core().is_leader());
    CHECK(net.on(0).core().members.current().voters() == 3);
    REQUIRE(net.append(2) != 0);
    net.check_alike();
  }
}

TEST_CASE("replica reads: a last entry whose members cannot be read is not led without them") {
  replica_net net{2};
  REQUIRE(put_event(net.on(0), 1));
  net.change(member_change::act::add_learner, 2);
  net.stop(0);
  net.node(0).media.state = memory_tables{};
  const std::uint64_t last = bytes_of(net.node(0).media.log).size();
  REQUIRE(read_entry(net.node(0).media.log.storage(), last)->members);
  net.node(0).media.log.flip_bit(last, behind_its_prefix);
  REQUIRE(net.start(0));
  CHECK_FALSE(net.on(0).core().is_leader());
  CHECK(net.on(0).core().standing.damaged() == std::set<std::uint64_t>{last});
}

} // namespace
} // namespace aiex
