#include "aiex/actors/flow/bus.hpp"

#include "support/flow_world.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::flow_world;
using test::id_of;
using test::numbered_appends;
using test::one;

/// What a receiver has heard, in its order.
struct hearing {
  std::vector<std::uint64_t> positions;
  std::vector<subscription_id> subscriptions;
  bool grants = true;         ///< Answers each delivery with credit.
  std::uint64_t fails_at = 0; ///< Throws at this position.
};

caf::behavior receiver(caf::event_based_actor* self, std::shared_ptr<hearing> into) {
  self->set_exception_handler([](caf::scheduled_actor*, std::exception_ptr&) -> caf::error {
    return caf::sec::runtime_error;
  });
  return {
    [self, into](const event_delivery& delivered) {
      for (std::size_t i = 0; i < delivered.size(); ++i) {
        if (delivered.event(i).position.value == into->fails_at)
          throw std::runtime_error{"a receiver's bug"};
        into->positions.push_back(delivered.event(i).position.value);
        into->subscriptions.push_back(delivered.subscription(i));
        if (into->grants)
          self->send(caf::actor_cast<caf::actor>(self->current_sender()),
            event_credit{delivered.subscription(i), 1});
      }
    },
  };
}

struct bus_world : flow_world {
  bus_world() { start(); }

  void start() { hub = keep(system.spawn(bus, events, memory)); }

  struct listener {
    caf::actor actor;
    std::shared_ptr<hearing> heard;
    const std::vector<std::uint64_t>& positions() const { return heard->positions; }
  };
  listener listen() {
    auto into = std::make_shared<hearing>();
    return {keep(system.spawn(receiver, into)), into};
  }
  subscription_id subscribe(const listener& who, query filter = {},
    std::optional<position> from = std::nullopt,
    std::uint32_t window = subscription_table::window_default) {
    const auto answer =
      ask<subscribed>(hub, subscribe_call{who.actor, std::move(filter), from, window});
    REQUIRE(answer.outcome);
    return *answer.outcome;
  }
  bus_statistics statistics() { return ask<bus_statistics>(hub, bus_statistics_call{}); }
  std::vector<subscription_info> listed() {
    return ask<std::vector<subscription_info>>(hub, list_subscriptions_call{});
  }

  std::shared_ptr<bus_memory> memory = std::make_shared<bus_memory>(position{});
  caf::actor hub;
};

std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (; first <= last; ++first)
    all.push_back(first);
  return all;
}

TEST_CASE_FIXTURE(bus_world, "bus: who subscribes hears what matches, and nothing else") {
  using positions = std::vector<std::uint64_t>;
  struct example {
    const char* name;
    query filter;
    positions expected;
  };
  const example table[] = {
    {"everything", {}, {1, 2, 3, 4}},
    {"a type", {.types = {"money.in"}}, {1, 4}},
    {"one of two types", {.types = {"money.in", "closed"}}, {1, 3, 4}},
    {"a type prefix", {.type_prefixes = {"money."}}, {1, 2, 4}},
    {"a stream", {.stream = "account-1"}, {1, 2}},
    {"a category", {.categories = {"account"}}, {1, 2, 3}},
    {"tags, all of them", {.tags = {"big", "odd"}}, {3}},
    {"all of it together", {.types = {"money.in"}, .tags = {"odd"}, .categories = {"account"}},
      {1}},
    {"what does not occur", {.types = {"never"}}, {}},
  };
  std::vector<listener> listeners;
  for (const example& row : table) {
    listeners.push_back(listen());
    subscribe(listeners.back(), row.filter);
  }
  append({one("account-1", {.id = id_of(1), .type = "money.in", .tags = {"odd"}}),
    one("account-1", {.id = id_of(2), .type = "money.out", .tags = {"big"}}),
    one("account-2", {.id = id_of(3), .type = "closed", .tags = {"odd", "big"}}),
    one("order-1", {.id = id_of(4), .type = "money.in"})});
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    CAPTURE(table[i].name);
    CHECK(listeners[i].positions() == table[i].expected);
  }
}

TEST_CASE_FIXTURE(bus_world, "bus: who unsubscribes hears no more") {
  const listener who = listen();
  const subscription_id id = subscribe(who);
  append(numbered_appends(1, 2));
  CHECK(ask<bool>(hub, unsubscribe_call{id}));
  CHECK_FALSE(ask<bool>(hub, unsubscribe_call{id}));
  append(numbered_appends(3, 2));
  CHECK(who.positions() == numbers(1, 2));
  CHECK(statistics().subscriptions == 0);
}

TEST_CASE_FIXTURE(bus_world, "bus: overlapping subscriptions of one receiver, each event once") {
  const listener who = listen();
  const subscription_id by_stream = subscribe(who, {.stream = "account-1"});
  const subscription_id all = subscribe(who);
  append({one("account-1", {.id = id_of(1), .type = "t"}),
    one("account-2", {.id = id_of(2), .type = "t"}),
    one("account-1", {.id = id_of(3), .type = "t"})});
  CHECK(who.positions() == numbers(1, 3));
  CHECK(who.heard->subscriptions == std::vector<subscription_id>{by_stream, all, by_stream});
}

TEST_CASE_FIXTURE(bus_world, "bus: who is slow is sent no more than its window, the rest later") {
  const listener slow = listen();
  slow.heard->grants = false;
  const listener quick = listen();
  const subscription_id id = subscribe(slow, {}, std::nullopt, 2);
  subscribe(quick);
  for (std::uint64_t i = 1; i <= 9; ++i)
    append(numbered_appends(i, 1));
  CHECK(quick.positions() == numbers(1, 9));
  CHECK(slow.positions() == numbers(1, 2));
  CHECK(statistics().is_healthy());
  CHECK(listed().front().credit == 0);

  caf::anon_send(hub, event_credit{id, 2});
  settle();
  CHECK(slow.positions() == numbers(1, 4));
  slow.heard->grants = true; // from the next one on
  caf::anon_send(hub, event_credit{id, 2});
  settle();
  CHECK(slow.positions() == numbers(1, 9));
  append(numbered_appends(10, 1));
  CHECK(slow.positions() == numbers(1, 10));
}

TEST_CASE_FIXTURE(bus_world, "bus: from a position on, then live, without gap or duplicate") {
  append(numbered_appends(1, 700)); // more than one page
  const listener late = listen();
  const listener later = listen();
  const listener now = listen();
  caf::anon_send(hub, subscribe_call{late.actor, {}, position{}, 100});
  caf::anon_send(hub, subscribe_call{later.actor, {}, position{650}, 10});
  subscribe(now);
  CHECK(now.positions().empty());
  CHECK(late.positions() == numbers(1, 700));

  const listener meanwhile = listen();
  caf::anon_send(hub, subscribe_call{meanwhile.actor, {}, position{}, 64});
  append(numbered_appends(701, 40)); // while it catches up
  append(numbered_appends(741, 5));
  CHECK(meanwhile.positions() == numbers(1, 745));
  CHECK(late.positions() == numbers(1, 745));
  CHECK(later.positions() == numbers(651, 745));
  CHECK(now.positions() == numbers(701, 745));
}

TEST_CASE_FIXTURE(bus_world, "bus: a crash loses no subscription and no event") {
  const listener live = listen();
  const listener slow = listen();
  slow.heard->grants = false;
  subscribe(live, {.categories = {"account"}});
  const subscription_id id = subscribe(slow, {}, std::nullopt, 1);
  append(numbered_appends(1, 3));

  kill(hub);
  append(numbered_appends(4, 3)); // nobody hands them out
  CHECK(live.positions() == numbers(1, 3));
  start();
  settle();
  CHECK(live.positions() == numbers(1, 6));
  CHECK(slow.positions() == numbers(1, 1));

  slow.heard->grants = true;
  caf::anon_send(hub, event_credit{id, 1});
  append(numbered_appends(7, 1));
  CHECK(live.positions() == numbers(1, 7));
  CHECK(slow.positions() == numbers(1, 7));
  CHECK(statistics().subscriptions == 2);
}

// The read's answer goes to the dead: the next incarnation asks again by itself.
TEST_CASE_FIXTURE(bus_world, "bus: a crash while it reads what was stops nobody's catching up") {
  kill(hub);
  append(numbered_appends(1, 300));
  memory = std::make_shared<bus_memory>(position{300}); // with no recent batches to take it from
  start();
  settle();
  const listener late = listen();
  caf::anon_send(hub, subscribe_call{late.actor, {}, position{}, 1'000});
  kill(hub);
  CHECK(late.positions().empty());
  start();
  settle();
  CHECK(late.positions() == numbers(1, 300));
}

TEST_CASE_FIXTURE(bus_world, "bus: who ends is forgotten, also while there is no bus") {
  const listener first = listen();
  const listener second = listen();
  subscribe(first);
  subscribe(first, {.types = {"counted"}});
  subscribe(second);
  kill(first.actor);
  CHECK(statistics().subscriptions == 1);
  CHECK(memory->receivers.size() == 1);

  kill(hub);
  kill(second.actor);
  start();
  settle();
  CHECK(statistics().subscriptions == 0);
  CHECK(memory->receivers.empty());
}

TEST_CASE_FIXTURE(bus_world, "bus: a receiver that throws disturbs nobody else") {
  const listener broken = listen();
  broken.heard->fails_at = 2;
  const listener sound = listen();
  subscribe(broken);
  subscribe(sound);
  for (std::uint64_t i = 1; i <= 4; ++i)
    append(numbered_appends(i, 1));
  CHECK(broken.positions() == numbers(1, 1));
  CHECK(sound.positions() == numbers(1, 4));
  CHECK(statistics().subscriptions == 1);
}

TEST_CASE_FIXTURE(bus_world, "bus: statistics count what was handed out, and to whom") {
  const listener first = listen();
  const listener second = listen();
  const subscription_id id = subscribe(first, {}, std::nullopt, 8);
  subscribe(second, {.types = {"never"}});
  append(numbered_appends(1, 5));
  append(numbered_appends(6, 1));
  const bus_statistics counted = statistics();
  CHECK(counted.is_healthy());
  CHECK(counted.live == position{6});
  CHECK(counted.head == position{6});
  CHECK(counted.subscriptions == 2);
  CHECK(counted.batches == 2);
  CHECK(counted.deliveries == 2);
  CHECK(counted.delivered == 6);
  const auto all = listed();
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == id);
  CHECK(all[0].delivered == 6);
  CHECK(all[0].cursor == position{6});
  CHECK(all[0].credit == 8);
  CHECK(all[1].delivered == 0);
}

TEST_CASE_FIXTURE(bus_world, "bus: too many subscriptions are refused") {
  memory->table = subscription_table{position{}, {.subscriptions = 2}};
  const listener who = listen();
  subscribe(who);
  const subscription_id second = subscribe(who);
  const auto refused = ask<subscribed>(hub, subscribe_call{who.actor, {}, std::nullopt});
  REQUIRE_FALSE(refused.outcome);
  CHECK(refused.outcome.error().code == errc::overloaded);
  CHECK(ask<bool>(hub, unsubscribe_call{second}));
  subscribe(who);
}

// A read that fails is counted, shown, and made again.
TEST_CASE_FIXTURE(bus_world, "bus: after a failed read it tries again, and misses nothing") {
  const auto fails = std::make_shared<bool>(true);
  const auto reader = keep(system.spawn([fails, from = log](caf::event_based_actor*) {
    return caf::behavior{[fails, from](const read_call& call) -> page_answer {
      if (*fails)
        return {fail(errc::io, "the disk is gone")};
      return {std::make_shared<const event_page>(std::move(*from->read(call.asked, call.limits)))};
    }};
  }));
  const caf::actor other =
    keep(system.spawn(bus, store{writer, {reader}, log, std::make_shared<append_gate>()},
      std::make_shared<bus_memory>(position{})));
  const listener who = listen();
  REQUIRE(ask<subscribed>(other, subscribe_call{who.actor, {}, std::nullopt}).outcome);
  append(numbered_appends(1, 3));
  const auto failed = ask<bus_statistics>(other, bus_statistics_call{});
  CHECK(failed.read_failures == 1);
  CHECK(failed.last_failure == "the disk is gone");
  CHECK_FALSE(failed.is_healthy());
  CHECK(who.positions().empty());

  *fails = false;
  advance(100ms);
  CHECK(who.positions() == numbers(1, 3));
  CHECK(ask<bus_statistics>(other, bus_statistics_call{}).is_healthy());
}

} // namespace
} // namespace aiex
