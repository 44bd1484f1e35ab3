// How an actor begins, and a kill while a handler runs.
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/actor_world.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace aiex {
namespace {

using busy_atom = caf::atom_constant<caf::atom("busy")>;
using add_atom = caf::atom_constant<caf::atom("add")>;

struct busy_words {
  std::function<void()> meanwhile; ///< What happens while the handler runs.
  int seen = 0;
};

/// Its handler runs as long as the test says.
caf::behavior busy(caf::event_based_actor*, std::shared_ptr<busy_words> words) {
  return {
    [words](busy_atom) {
      words->meanwhile();
      return 1;
    },
    [words](add_atom) { return ++words->seen; },
  };
}

/// Asks `whom` at once; notes what it is answered.
caf::behavior asks(
  caf::event_based_actor* self, caf::actor whom, std::shared_ptr<std::vector<caf::error>> answers) {
  self->request(whom, std::chrono::seconds{3'600}, add_atom::value)
    .then([answers](int) { answers->push_back({}); },
      [answers](const caf::error& why) { answers->push_back(why); });
  return {};
}

struct kill_world : test::actor_world {
  std::shared_ptr<busy_words> words = std::make_shared<busy_words>();
  std::shared_ptr<std::vector<caf::error>> answers = std::make_shared<std::vector<caf::error>>();

  caf::actor start() { return std::get<started>(spawn_eager(system, busy, words)).actor; }
  static void kill_only(const caf::actor& whom) {
    caf::anon_send_exit(whom, caf::exit_reason::kill);
  }
};

/// Does nothing but wait for a second.
caf::behavior waits(caf::event_based_actor* self) {
  return {caf::after(std::chrono::seconds{1}) >> [self] { self->quit(); }};
}

caf::behavior leaves(caf::event_based_actor* self) {
  self->quit();
  return {[](add_atom) { return 1; }};
}

caf::behavior does_nothing(caf::event_based_actor*) {
  return {};
}

TEST_CASE_FIXTURE(test::actor_world, "spawns: one that has begun rests until its first message") {
  const auto words = std::make_shared<busy_words>();
  const caf::actor made = std::get<started>(spawn_eager(system, busy, words)).actor;
  CHECK(settle() == 0);
  CHECK(ask<int>(made, add_atom::value) == 1);
}

TEST_CASE_FIXTURE(test::actor_world, "spawns: who has something to do without a message does it") {
  const caf::actor left = std::get<started>(spawn_eager(system, leaves)).actor;
  const caf::actor done = std::get<started>(spawn_eager(system, does_nothing)).actor;
  const caf::actor late = std::get<started>(spawn_eager(system, waits)).actor;
  settle();
  CHECK(has_ended(left));
  CHECK(has_ended(done));
  CHECK_FALSE(has_ended(late));
  advance(std::chrono::seconds{1});
  CHECK(has_ended(late));
}

TEST_CASE_FIXTURE(kill_world, "kill: dead for all who watch while its handler still runs") {
  const caf::actor whom = start();
  std::vector<caf::error> told;
  whom->attach_functor([&](const caf::error& why) { told.push_back(why); });
  bool is_dead = false;
  words->meanwhile = [&] {
    kill_only(whom);
    is_dead = has_ended(whom) && told.size() == 1;
    kill_only(whom); // once is enough
  };
  caf::anon_send(whom, busy_atom::value);
  settle();
  CHECK(is_dead);
  CHECK(told == std::vector<caf::error>{caf::exit_reason::kill});
}

TEST_CASE_FIXTURE(
  kill_world, "kill: what waits is dropped, what comes is refused, asks are answered") {
  const caf::actor whom = start();
  std::size_t answered_meanwhile = 0;
  words->meanwhile = [&] {
    caf::anon_send(whom, add_atom::value); // waits
    system.spawn(asks, whom, answers);     // asks before the kill
    settle();
    kill_only(whom);
    caf::anon_send(whom, add_atom::value);
    system.spawn(asks, whom, answers); // asks after it
    settle();
    answered_meanwhile = answers->size();
  };
  caf::anon_send(whom, busy_atom::value);
  settle();
  CHECK(answered_meanwhile == 1); // who asked later did not wait for the handler
  CHECK(*answers == std::vector<caf::error>(2, caf::sec::request_receiver_down));
  CHECK(words->seen == 0);
}

TEST_CASE_FIXTURE(kill_world, "kill: an end that the handler chooses meanwhile comes too late") {
  std::shared_ptr<caf::actor> whom = std::make_shared<caf::actor>();
  const auto quits = [whom](caf::event_based_actor* self) -> caf::behavior {
    return {[self, whom](busy_atom) {
      kill_only(*whom);
      self->quit(caf::exit_reason::user_shutdown);
    }};
  };
  const auto made = spawn_eager<caf::no_spawn_options, caf::event_based_actor>(
    system,
    +[](caf::event_based_actor* self, std::function<caf::behavior(caf::event_based_actor*)> body) {
      return body(self);
    },
    std::function<caf::behavior(caf::event_based_actor*)>{quits});
  *whom = std::get<started>(made).actor;
  caf::anon_send(*whom, busy_atom::value);
  settle();
  CHECK(end_of(*whom) == caf::error{caf::exit_reason::kill});
  *whom = nullptr;
}

TEST_CASE_FIXTURE(kill_world, "kill: before it has begun to work") {
  const caf::actor whom = start();
  caf::anon_send(whom, add_atom::value);
  kill_only(whom);
  CHECK(has_ended(whom));
  settle();
  CHECK(words->seen == 0);
}

TEST_CASE_FIXTURE(
  kill_world, "kill: a supervisor starts a stuck child again at once, by its name") {
  const registry names;
  const auto made =
    start_supervisor(system, {.children = {worker("w", via(names, "w", spawns(busy, words)))}}, {});
  const caf::actor top = std::get<started>(made).actor;
  settle();
  const caf::actor old = *names.find("w");
  std::optional<caf::actor> next;
  int answer = 0;
  words->meanwhile = [&] {
    kill_only(old);
    settle(); // the old handler runs, and the new one answers
    next = names.find("w");
    if (next)
      answer = ask<int>(*next, add_atom::value);
  };
  caf::anon_send(old, busy_atom::value);
  settle();
  REQUIRE(next);
  CHECK(*next != old);
  CHECK(answer == 1);
  kill(top);
}

// The same with threads: nothing but a kill could reach it.
TEST_CASE("kill: a handler that does not return does not hold up its supervisor") {
  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", std::size_t{2});
  caf::actor_system system{config};
  std::promise<void> is_stuck;
  std::promise<void> release;
  std::promise<caf::error> ended;
  std::promise<caf::actor> again;
  auto words = std::make_shared<busy_words>();
  words->meanwhile = [&, until = release.get_future().share()] {
    is_stuck.set_value();
    until.wait();
  };
  int starts = 0;
  const auto child = [&](caf::event_based_actor& above) -> start_outcome {
    start_outcome outcome = spawns(busy, words)(above);
    if (++starts == 2)
      again.set_value(std::get<started>(outcome).actor);
    return outcome;
  };
  const registry names;
  const auto made =
    start_supervisor(system, {.children = {worker("w", via(names, "w", child))}}, {});
  const caf::actor top = std::get<started>(made).actor;
  const caf::actor stuck = *names.find("w");
  stuck->attach_functor([&](const caf::error& why) { ended.set_value(why); });
  caf::anon_send(stuck, busy_atom::value);
  is_stuck.get_future().wait();
  caf::anon_send_exit(stuck, caf::exit_reason::kill);
  CHECK(ended.get_future().get() == caf::exit_reason::kill);
  CHECK(again.get_future().get() != stuck);
  release.set_value();
  caf::anon_send_exit(top, caf::exit_reason::user_shutdown);
}

TEST_CASE_FIXTURE(kill_world, "kill: a supervisor that is killed while it starts starts no more") {
  registry names;
  std::vector<std::string> seen;
  const child_spec late = worker("late", via(names, "late", [&](caf::event_based_actor& above) {
    seen.emplace_back("late");
    return spawns(busy, words)(above);
  }));
  const auto kills_its_supervisor = [](caf::event_based_actor& above) -> start_outcome {
    caf::anon_send_exit(above.address(), caf::exit_reason::kill);
    return ignored{};
  };
  start_supervisor(system, {.children = {worker("killer", kills_its_supervisor), late}}, {});
  settle();
  CHECK(seen.empty());
  CHECK(names.reserve("late"));
}

} // namespace
} // namespace aiex
