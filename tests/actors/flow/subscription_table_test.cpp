#include "aiex/actors/flow/subscription_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace aiex {
namespace {

/// A log of events whose types are letters, and a bus that follows it, both in plain memory.
class letter_bus {
public:
  letter_bus() : table{position{0}, {.subscriptions = 8, .reads = 2, .recent_batches = 2}} {}

  void write(std::string_view letters) {
    for (const char letter : letters) {
      types.emplace_back(1, letter);
      recorded_event event;
      event.position = {types.size()};
      event.type = types.back();
      event.stream = "s";
      log.push_back(event);
    }
  }

  shared_events batch(std::uint64_t after, std::uint64_t up_to) const {
    event_batch made;
    for (std::uint64_t i = after; i < up_to; ++i)
      made.add(log[i]);
    return std::make_shared<const event_batch>(std::move(made));
  }

  void go_live() {
    const std::uint64_t up_to = log.size();
    take(table.on_live(batch(table.live().value, up_to), {up_to}));
  }

  /// Reads what is wanted until nothing is. How many reads there were.
  std::size_t settle(std::size_t page_events = 3) {
    std::size_t reads = 0;
    for (;;) {
      auto wanted = table.catch_up();
      take(wanted.deliveries);
      if (wanted.reads.empty())
        return reads;
      for (const catch_up_read& each : wanted.reads) {
        ++reads;
        answer(each, page_events);
      }
    }
  }

  void answer(const catch_up_read& read, std::size_t page_events) {
    event_batch page;
    query rest = read.asked;
    bool is_whole = true;
    for (const recorded_event& each : log) {
      if (!matches(read.asked, each))
        continue;
      if (page.size() == page_events && page.size() < *read.asked.limit) {
        is_whole = false;
        break;
      }
      if (page.size() == *read.asked.limit)
        break;
      page.add(each);
      rest.after = each.position;
    }
    take(table.on_page(read.who, std::make_shared<const event_batch>(std::move(page)),
      is_whole ? std::nullopt : std::optional{rest}));
  }

  void take(const std::vector<delivery>& deliveries) {
    for (const delivery& each : deliveries)
      for (std::size_t i = 0; i < each.selected->size(); ++i) {
        const recorded_event& event = (*each.events)[(*each.selected)[i]];
        heard[each.to] += event.type;
        positions[each.to].push_back(event.position.value);
        by[each.subscriptions[each.subscriptions.size() == 1 ? 0 : i]] += event.type;
      }
  }

  static query types_of(std::vector<std::string> wanted) {
    query filter;
    filter.types = std::move(wanted);
    return filter;
  }

  subscription_table table;
  std::deque<std::string> types;
  std::vector<recorded_event> log;
  std::map<subscriber_key, std::string> heard;
  std::map<subscriber_key, std::vector<std::uint64_t>> positions;
  std::map<subscription_id, std::string> by;
};

TEST_CASE("subscription table: a live one hears what comes, a catch-up one what was") {
  letter_bus bus;
  bus.write("abc");
  bus.go_live();
  REQUIRE(bus.table.add(1, {}, std::nullopt));
  REQUIRE(bus.table.add(2, {}, position{0}));
  REQUIRE(bus.table.add(3, letter_bus::types_of({"c", "e"}), position{1}));
  bus.settle();
  bus.write("de");
  bus.go_live();
  CHECK(bus.heard[1] == "de");
  CHECK(bus.heard[2] == "abcde");
  CHECK(bus.heard[3] == "ce");
}

TEST_CASE("subscription table: what is written while one catches up comes once and in order") {
  letter_bus bus;
  for (const char* letters : {"abcdef", "g", "h"}) { // more batches than are kept
    bus.write(letters);
    bus.go_live();
  }
  const auto id = bus.table.add(1, {}, position{0});
  const auto first = bus.table.catch_up();
  REQUIRE(first.reads.size() == 1);
  bus.write("ij");
  bus.go_live();
  bus.answer(first.reads[0], 3);
  CHECK(bus.heard[1] == "abc");
  CHECK(bus.table.is_behind(*id));
  bus.write("k");
  bus.go_live();
  bus.settle();
  CHECK(bus.heard[1] == "abcdefghijk");
  CHECK_FALSE(bus.table.is_behind(*id));
}

TEST_CASE("subscription table: who has no credit waits in the log, not in a mailbox") {
  letter_bus bus;
  const auto id = bus.table.add(1, {}, std::nullopt, 2);
  bus.write("abcde");
  bus.go_live();
  CHECK(bus.heard[1] == "ab");
  bus.settle();
  CHECK(bus.heard[1] == "ab");
  for (int batch = 0; batch < 4; ++batch) { // more batches than are kept
    bus.write("x");
    bus.go_live();
  }
  bus.table.grant(*id, 1);
  CHECK(bus.settle() == 1);
  CHECK(bus.heard[1] == "abc");
  for (int i = 0; i < 20; ++i) {
    bus.table.grant(*id, 7); // more than the window: counts as the window
    bus.settle();
  }
  CHECK(bus.heard[1] == "abcdexxxx");
  CHECK_FALSE(bus.table.is_behind(*id));
}

TEST_CASE("subscription table: who grants one by one is read to half a window at a time") {
  letter_bus bus;
  const auto id = bus.table.add(1, {}, std::nullopt, 8);
  bus.write("01234567");
  bus.go_live();
  for (int batch = 0; batch < 10; ++batch) { // more batches than are kept
    bus.write("abcdefgh");
    bus.go_live();
  }
  std::size_t reads = 0;
  while (bus.table.is_behind(*id)) {
    bus.table.grant(*id, 1);
    reads += bus.settle(8);
  }
  CHECK(bus.positions[1].size() == 88);
  CHECK(reads == (88 - 8 - 2 * 8) / 4); // but for the last batches, which need no read
}

TEST_CASE("subscription table: overlapping subscriptions of one receiver, each event once") {
  letter_bus bus;
  bus.write("ab");
  bus.go_live();
  const auto all_a = bus.table.add(1, letter_bus::types_of({"a"}), position{0});
  const auto all = bus.table.add(1, {}, position{1});
  const auto again = bus.table.add(1, letter_bus::types_of({"a", "b", "c"}), position{0});
  bus.settle();
  bus.write("abc");
  bus.go_live();
  CHECK(bus.by[*all_a] == "aa");
  CHECK(bus.by[*all] == "bbc");
  CHECK(bus.by[*again] == "");
  const auto tail = bus.heard[1].substr(bus.heard[1].size() - 3);
  CHECK(tail == "abc"); // live ones of one batch come in log order
  CHECK(bus.table.remove(*all));
  CHECK_FALSE(bus.table.remove(*all));
  bus.write("c");
  bus.go_live();
  CHECK(bus.by[*again] == "c");
}

TEST_CASE("subscription table: limits are reached, the dead are forgotten") {
  letter_bus bus;
  for (subscriber_key key = 1; key <= 8; ++key)
    CHECK(bus.table.add(key, {}, std::nullopt));
  CHECK_FALSE(bus.table.add(9, {}, std::nullopt));
  CHECK(bus.table.all(2, 3).size() == 3);
  CHECK(bus.table.all(2, 3).front().id == 3);
  bus.table.remove_subscriber(3);
  CHECK(bus.table.size() == 7);
  CHECK(bus.table.add(9, {}, std::nullopt));
}

TEST_CASE("subscription table: few reads at once, and everybody gets a turn") {
  letter_bus bus;
  bus.write("abcdefghijkl");
  bus.go_live();
  bus.write("m");
  bus.go_live();
  bus.write("n");
  bus.go_live();
  for (subscriber_key key = 1; key <= 5; ++key)
    bus.table.add(key, {}, position{0});
  const auto first = bus.table.catch_up();
  REQUIRE(first.reads.size() == 2);
  CHECK(bus.table.catch_up().reads.empty());
  bus.table.on_failed_read(first.reads[0].who);
  const auto second = bus.table.catch_up();
  REQUIRE(second.reads.size() == 1);
  CHECK(second.reads[0].who == 3);
  bus.table.forget_reads();
  bus.settle();
  for (subscriber_key key = 1; key <= 5; ++key)
    CHECK(bus.heard[key] == "abcdefghijklmn");
}

// Whatever the order of writes, reads, credits and failures: in the end each receiver has heard
// exactly what matches one of its subscriptions, once, and each subscription in log order.
TEST_CASE("subscription table: random schedules deliver everything once") {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random{seed};
    const auto pick = [&](std::uint32_t count) {
      return static_cast<std::uint32_t>(random()) % count;
    };
    letter_bus bus;
    struct member {
      subscription_id id;
      subscriber_key key;
      query filter;
      position from;
    };
    std::vector<member> members;
    std::vector<catch_up_read> pending;
    for (int step = 0; step < 120; ++step) {
      switch (pick(6)) {
      case 0: bus.write(std::string(1 + pick(3), static_cast<char>('a' + pick(3)))); break;
      case 1: bus.go_live(); break;
      case 2:
        if (members.size() < 6) {
          const query filter =
            pick(2) != 0 ? query{} : letter_bus::types_of({std::string(1, "abc"[pick(3)])});
          const position from{pick(static_cast<std::uint32_t>(bus.table.live().value) + 1)};
          const subscriber_key key = 1 + pick(3);
          const auto id = bus.table.add(key, filter, from, 1 + pick(4));
          members.push_back({*id, key, filter, from});
        }
        break;
      case 3:
        for (const member& each : members)
          if (pick(2) != 0)
            bus.table.grant(each.id, 1 + pick(3));
        break;
      case 4: {
        auto wanted = bus.table.catch_up();
        bus.take(wanted.deliveries);
        pending.insert(pending.end(), wanted.reads.begin(), wanted.reads.end());
        break;
      }
      case 5:
        if (!pending.empty()) {
          if (pick(4) == 0)
            bus.table.on_failed_read(pending.front().who);
          else
            bus.answer(pending.front(), 1 + pick(3));
          pending.erase(pending.begin());
        }
        break;
      }
    }
    bus.table.forget_reads();
    bus.go_live();
    for (int i = 0; i < 200; ++i) {
      for (const member& each : members)
        bus.table.grant(each.id, 4);
      bus.settle();
    }
    std::map<subscriber_key, std::set<std::uint64_t>> expected;
    for (const member& each : members)
      for (const recorded_event& event : bus.log)
        if (event.position > each.from && matches(each.filter, event))
          expected[each.key].insert(event.position.value);
    for (const auto& [key, wanted] : expected) {
      auto got = bus.positions[key];
      std::sort(got.begin(), got.end());
      CHECK(got == std::vector<std::uint64_t>(wanted.begin(), wanted.end()));
    }
  }
}

} // namespace
} // namespace aiex
