#include "aiex/supervision/process/process.hpp"
#include "aiex/supervision/process/process_activity.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include "support/actor_world.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <variant>

namespace aiex {
namespace {

using namespace std::chrono_literals;

using at = process_activity::clock::time_point;

const message_type first{1, nullptr};
const message_type second{2, nullptr};

TEST_CASE("process_activity: says what it does now, and what it has done") {
  process_activity activity{at{1s}};
  CHECK_FALSE(activity.current());
  activity.comes_in();
  activity.comes_in();
  CHECK(activity.waiting() == 2);

  activity.begins(first, at{2s});
  REQUIRE(activity.current());
  CHECK(activity.current()->number == 1);
  CHECK(activity.current()->began == at{2s});
  CHECK(activity.current()->handles == first);
  CHECK(activity.waiting() == 1);
  activity.ends(at{5s});
  CHECK_FALSE(activity.current());

  activity.begins(second, at{6s});
  CHECK(activity.current()->number == 2);
  CHECK(activity.current()->handles == second);
  activity.ends(at{7s});
  CHECK(activity.so_far() == process_activity::totals{at{1s}, 2, 2, 4s, 3s});
  CHECK(activity.waiting() == 0);
}

TEST_CASE("process_activity: says whether it is suspended") {
  process_activity activity{at{0s}};
  CHECK_FALSE(activity.is_suspended());
  activity.suspends(true);
  CHECK(activity.is_suspended());
  activity.suspends(false);
  CHECK_FALSE(activity.is_suspended());
}

TEST_CASE("process_activity: seconds, for people, to a tenth") {
  CHECK(seconds_text(0ms) == "0.0 s");
  CHECK(seconds_text(1'999ms) == "1.9 s");
  CHECK(seconds_text(60s) == "60.0 s");
}

TEST_CASE("process_activity: a start, and what is put back, are turns of no message") {
  process_activity activity{at{0s}};
  activity.begins({}, at{0s});
  CHECK(text_of(activity.current()->handles) == "start");
  activity.comes_in();
  CHECK(activity.waiting() == 1);
  activity.ends(at{1s}, false);
  activity.begins(first, at{1s});
  activity.ends(at{1s}, false);
  CHECK(activity.waiting() == 1);
  CHECK(activity.so_far() == process_activity::totals{at{0s}, 1, 0, 1s, 1s});
}

TEST_CASE("process_activity: a message that has no type of CAF's is one") {
  process_activity activity{at{0s}};
  activity.comes_in();
  activity.begins({0, &typeid(at)}, at{0s});
  CHECK(activity.waiting() == 0);
}

TEST_CASE("process_activity: who looks on from another thread never sees halves of two turns") {
  process_activity activity{at{0s}};
  std::atomic<bool> is_over{false};
  std::thread actor{[&] {
    for (std::int64_t i = 1; i <= 20'000; ++i) {
      const auto number = static_cast<std::uint32_t>(i);
      activity.begins({number, nullptr}, at{std::chrono::nanoseconds{i}});
      activity.ends(at{std::chrono::nanoseconds{i}});
    }
    is_over = true;
  }};
  std::size_t halves = 0;
  while (!is_over)
    if (const auto turn = activity.current())
      halves += turn->handles.token != turn->number ||
                turn->began.time_since_epoch().count() != static_cast<std::int64_t>(turn->number);
  actor.join();
  CHECK(halves == 0);
  CHECK(activity.so_far().handled == 20'000);
}

using look_atom = caf::atom_constant<caf::atom("look")>;
using fail_atom = caf::atom_constant<caf::atom("fail")>;

struct seen_turns {
  std::optional<process_activity::turn> at_start;
  std::optional<process_activity::turn> in_handler;
};

/// Looks at itself, as a watchdog does from outside.
caf::behavior looker(caf::event_based_actor* self, std::shared_ptr<seen_turns> seen) {
  const auto* its = dynamic_cast<process*>(self);
  seen->at_start = its->activity()->current();
  return {
    [seen, its](look_atom) { seen->in_handler = its->activity()->current(); },
    [](fail_atom) { throw std::runtime_error{"it was told to"}; },
  };
}

TEST_CASE_FIXTURE(
  test::actor_world, "process_activity: of an actor, while it runs and afterwards") {
  const auto seen = std::make_shared<seen_turns>();
  caf::actor made = std::get<started>(spawn_eager(system, looker, seen)).actor;
  const auto activity = activity_of(made);
  REQUIRE(activity);
  REQUIRE(seen->at_start);
  CHECK(text_of(seen->at_start->handles) == "start");
  caf::anon_send(made, look_atom::value);
  CHECK(activity->waiting() == 1);
  settle();
  REQUIRE(seen->in_handler);
  CHECK(text_of(seen->in_handler->handles) == "atom");
  CHECK_FALSE(activity->current());
  CHECK(activity->so_far().handled == 1);

  caf::anon_send(made, fail_atom::value);
  settle();
  made = nullptr;
  CHECK(activity->so_far().handled == 2);
  CHECK_FALSE(activity->current());
}

TEST_CASE_FIXTURE(test::actor_world, "process_activity: actors of CAF's own have none") {
  CHECK_FALSE(activity_of(system.spawn([](caf::event_based_actor*) {})));
}

} // namespace
} // namespace aiex
