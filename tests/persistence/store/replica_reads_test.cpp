// What a replica does with entries that it cannot read: more of them than it keeps work for, and
// whose members it does not know.
#include "aiex/persistence/state/keys.hpp"
#include "aiex/persistence/store/replica.hpp"
#include "aiex/persistence/store/replica_reads.hpp"

#include "support/replica_net.hpp"

#include <doctest/doctest.h>

#include <functional>
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
  CHECK(made.still_damaged() == count - most); // no more than it kept
  CHECK(made.answer(1, count - most) == most); // as many as may wait, and all are of use
  CHECK(made.still_damaged() == count - 2 * most);
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

/// Entries 1 … 5 of a store alone, some of which cannot be read any more.
struct log_with_damage {
  test::replica_node node;
  std::vector<entry> entries;

  explicit log_with_damage(const std::set<std::uint64_t>& damaged) {
    REQUIRE(node.start(1));
    for (std::uint64_t id = 1; id <= 5; ++id) {
      REQUIRE(put_event(*node.it, id));
      entries.push_back(*read_entry(node.media.log.storage(), id));
    }
    for (const std::uint64_t index : damaged)
      node.media.log.flip_bit(index, behind_its_prefix);
  }

  bool fits(const entry& what, bool is_certain, std::uint64_t applied = 0) const {
    const chain_end end = applied == 0 ? chain_end{} : *end_behind(entries.at(applied - 1));
    const auto answer = fits_in(node.media.log.storage(), end, {what, is_certain});
    REQUIRE(answer);
    return *answer;
  }
};

/// Sound, at the same place, and another one: of a log that begins in another way.
entry another(const entry& what) {
  entry_builder builder{{.kind = entry_kind::no_op,
    .index = what.place.index,
    .term = what.place.term,
    .recorded_at = {},
    .first_position = {1}}};
  return test::whole(std::make_shared<const std::string>(builder.finish({})));
}

TEST_CASE(
  "replica reads: a repair fits by the entry behind it, or if it is certain by the one before") {
  const struct {
    const char* name;
    std::set<std::uint64_t> damaged;
    std::uint64_t index;
    std::uint64_t applied;
    bool fits_as_possible; ///< What stood there, if nobody is certain.
    bool fits_as_certain;
    bool fits_another; ///< Another one, of which one is certain by mistake.
  } table[] = {
    {"in the middle", {3}, 3, 0, true, true, false},
    {"two, the second", {2, 3}, 3, 0, true, true, false},
    {"two, the first", {2, 3}, 2, 0, false, true, false},
    {"all around", {2, 3, 4}, 3, 0, false, true, true}, // nothing there contradicts
    {"the first", {1}, 1, 0, true, true, false},
    {"the first of two", {1, 2}, 1, 0, false, true, true},
    {"the last", {5}, 5, 0, false, true, false},
    {"the last, applied", {4, 5}, 5, 5, true, true, false},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    const log_with_damage given{row.damaged};
    const entry& was = given.entries.at(row.index - 1);
    CHECK(given.fits(was, false, row.applied) == row.fits_as_possible);
    CHECK(given.fits(was, true, row.applied) == row.fits_as_certain);
    CHECK_FALSE(given.fits(another(was), false, row.applied));
    CHECK(given.fits(another(was), true, row.applied) == row.fits_another);
  }
}

/// A founder of three starts with another row of the members in its state, or without one.
void check_not_led_alone(const std::function<void(table_writer&)>& spoil) {
  replica_net net{3};
  REQUIRE(put_event(net.on(0), 1));
  net.join_all();
  net.check_alike();
  REQUIRE(net.node(0).media.state.storage().sync());
  net.stop(0);
  const auto state = net.node(0).media.state.storage();
  REQUIRE(state.write(durability::synced, [&](table_writer& tables) -> result<void> {
    spoil(tables);
    return {};
  }));
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

// The founder's term record does not say that there are others.
TEST_CASE("replica reads: who cannot read whose member it is does not lead alone") {
  for (const std::size_t bit : {0, 8 * 7, 8 * 8, 8 * 20, 8 * 40}) {
    CAPTURE(bit);
    check_not_led_alone([&](table_writer& tables) {
      std::string row{*tables.get(state_tables::meta, "members")};
      row.at(bit / 8) = static_cast<char>(row.at(bit / 8) ^ (1 << (bit % 8)));
      tables.put(state_tables::meta, "members", row);
    });
  }
}

TEST_CASE("replica reads: who has lost whose member it is does not lead alone either") {
  check_not_led_alone([](table_writer& tables) { tables.erase(state_tables::meta, "members"); });
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
