#include "aiex/supervision/tree/dynamic_supervisor.hpp"

#include "support/eventually.hpp"
#include "support/supervised_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <memory>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::obedient;
using test::supervised_world;

/// A start that waits until it is let go on; what it then makes lies in `made`. Only the first one
/// makes something.
struct hanging_start {
  std::shared_ptr<std::latch> gate = std::make_shared<std::latch>(1);
  std::shared_ptr<caf::actor> made = std::make_shared<caf::actor>();
  std::shared_ptr<std::atomic<bool>> has_begun = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<std::atomic<bool>> is_done = std::make_shared<std::atomic<bool>>(false);

  start_function function() const {
    return [*this](caf::event_based_actor& starter) -> start_outcome {
      const bool is_first = !has_begun->exchange(true);
      gate->wait();
      if (!is_first)
        return ignored{};
      start_outcome outcome = spawns(obedient)(starter);
      *made = std::get<started>(outcome).actor;
      *is_done = true;
      return outcome;
    };
  }

  /// Lets `attempt(time)` fail by it, until there was enough of it for the start to begin at all.
  template <class Attempt>
  void let_hang(Attempt attempt) const {
    for (auto most = 1ms; !*has_begun; most *= 2)
      attempt(most);
  }

  /// Returns why that which was made too late has ended.
  std::optional<caf::error> let_go() const {
    gate->count_down();
    const bool has_come = test::eventually([&] { return *is_done && has_ended(*made); });
    return has_come ? end_of(*made) : std::nullopt;
  }
};

struct outcome_world : supervised_world {
  /// A dynamic supervisor, by its name.
  caf::actor many;
  caf::actor above;
  outcome_world() {
    above = start(
      {.children = {aiex::named(names, "many", dynamic_supervisor_child("many", {}, context()))}});
    many = at("many");
  }
};

TEST_CASE_FIXTURE(supervised_world, "timed_start: a start within its time is as any other") {
  auto starter = std::make_shared<caf::actor>();
  const start_function start = [starter](caf::event_based_actor& self) {
    *starter = caf::actor_cast<caf::actor>(&self);
    return spawns(obedient)(self);
  };
  const caf::actor top = this->start(
    {.children = {worker("a", via(names, "a", start), {.start_timeout = start_timeout_max})}});
  CHECK(children(top) == "a");
  CHECK(ask<int>(at("a"), test::hello_atom::value) == 7);
  CHECK(*starter != top);
  CHECK(test::eventually([&] { return has_ended(*starter); }));
  CHECK(ask<int>(at("a"), test::hello_atom::value) == 7); // its name is its own
  shut_down(top);
}

TEST_CASE_FIXTURE(supervised_world, "timed_start: who takes longer has failed, and is killed") {
  const hanging_start hangs;
  start_outcome outcome;
  hangs.let_hang([&](std::chrono::milliseconds most) {
    outcome = start_supervisor(system,
      {.children = {named("a"),
         worker("b", via(names, "b", hangs.function()), {.start_timeout = most})}},
      context());
    settle();
  });

  REQUIRE(std::holds_alternative<failing>(outcome));
  const auto& failed = std::get<failing>(outcome);
  CHECK(failed.child->id == "b");
  CHECK(failed.child->reason.starts_with("timeout: its start took longer than "));
  CHECK(has_ended(failed.actor));
  CHECK_FALSE(names.find("a"));
  const caf::actor other = std::get<started>(spawn_eager(system, obedient)).actor;
  CHECK(names.register_name("b", other)); // as free as if it had never been reserved

  CHECK(hangs.let_go() == caf::error{caf::exit_reason::kill});
  CHECK(at("b") == other);
  settle();
  caf::anon_send_exit(other, caf::exit_reason::kill);
  settle();
}

TEST_CASE_FIXTURE(supervised_world, "timed_start: what comes too late never has its name") {
  const hanging_start hangs;
  const caf::actor top = start({});
  hangs.let_hang([&](std::chrono::milliseconds most) {
    const auto answer = ask<start_child_answer>(top,
      start_child_call{worker("b", via(names, "b", hangs.function()), {.start_timeout = most})});
    CHECK(answer.outcome.error().code == supervision_errc::start_failed);
  });
  CHECK(children(top).empty());
  CHECK(hangs.let_go() == caf::error{caf::exit_reason::kill});
  CHECK_FALSE(names.find("b"));
  settle();
  shut_down(top);
}

TEST_CASE_FIXTURE(supervised_world, "timed_start: each try of a restart counts") {
  auto gate = std::make_shared<std::latch>(1);
  auto starts = std::make_shared<std::atomic<int>>(0);
  const start_function start = [=](caf::event_based_actor& self) -> start_outcome {
    if (++*starts == 1)
      return spawns(obedient)(self);
    gate->wait();
    return ignored{};
  };
  supervisor_spec spec{.limit = {3, 5s}, .children = {worker("a", via(names, "a", start))}};
  const caf::actor top = this->start(spec);
  spec.children[0].start_timeout = 1ms;
  REQUIRE(ask<supervision_answer>(top, change_supervisor_call{spec}).outcome);
  const test::last_words last{top};
  tell("a", test::crash_atom::value);
  CHECK(last.text() == "shutdown");
  CHECK(
    std::count(seen.begin(), seen.end(), "failed_to_start root/a") == 3); // one more than may be
  gate->count_down();
}

TEST_CASE_FIXTURE(supervised_world, "timed_start: what a start throws is why it failed") {
  const start_function throws = [](caf::event_based_actor&) -> start_outcome {
    throw std::runtime_error{"no such file"};
  };
  const caf::actor top = start({});
  const auto answer = ask<start_child_answer>(
    top, start_child_call{worker("a", throws, {.start_timeout = start_timeout_max})});
  CHECK(
    answer.outcome.error() == supervision_error{supervision_errc::start_failed, "no such file"});
  CHECK(answer.outcome.error().message == "no such file");
  shut_down(top);
}

TEST_CASE_FIXTURE(supervised_world, "timed_start: who kills the supervisor ends the start") {
  const hanging_start hangs;
  const caf::actor top = std::get<started>(
    spawn_eager(system, dynamic_supervisor, restart_limit{}, context(), dynamic_limits{}, {}))
                           .actor;
  const start_function start = [top, late = hangs.function()](caf::event_based_actor& self) {
    caf::anon_send_exit(top, caf::exit_reason::kill);
    return late(self);
  };
  caf::anon_send(
    top, start_child_call{worker("a", via(names, "a", start), {.start_timeout = 20s})});
  settle(); // or for 20 s, and then it is none of a kill
  CHECK(has_ended(top));
  CHECK(hangs.let_go() == caf::error{caf::exit_reason::kill});
  CHECK_FALSE(names.find("a"));
  settle();
}

TEST_CASE_FIXTURE(supervised_world, "timed_start: children of a dynamic supervisor have it, too") {
  const hanging_start hangs;
  const caf::actor top = std::get<started>(
    spawn_eager(system, dynamic_supervisor, restart_limit{}, context(), dynamic_limits{}, {}))
                           .actor;
  hangs.let_hang([&](std::chrono::milliseconds most) {
    const auto answer = ask<start_child_answer>(
      top, start_child_call{worker("a", hangs.function(), {.start_timeout = most})});
    CHECK(answer.outcome.error().message.starts_with("timeout: "));
  });
  CHECK(ask<child_counts>(top, count_children_call{}).active == 0);
  CHECK(hangs.let_go() == caf::error{caf::exit_reason::kill});
  settle();
  shut_down(top);
}

TEST_CASE_FIXTURE(outcome_world, "timed_start: an outcome without an actor is a failed start") {
  const caf::actor none;
  const caf::error why = caf::make_error(caf::sec::runtime_error, std::string{"no disk"});
  struct example {
    start_outcome made;
    const char* says;
  };
  const example table[] = {
    {started{}, "made no actor"},
    {failing{none, why}, "no disk"},
    {failing{none, {}}, "made no actor"},
    {taken{none}, "its name is taken"},
    {caf::error{}, "for no reason"},
  };
  const auto fixed = start({});
  for (const example& row : table) {
    CAPTURE(row.says);
    const start_function start = [made = row.made](caf::event_based_actor&) { return made; };
    for (const caf::actor& top : {fixed, many}) {
      const auto answer = ask<start_child_answer>(top, start_child_call{worker("x", start)});
      REQUIRE_FALSE(answer.outcome);
      CHECK(answer.outcome.error().code == supervision_errc::start_failed);
      CHECK(answer.outcome.error().message.find(row.says) != std::string::npos);
    }
  }
  CHECK(children(fixed).empty());
  shut_down(fixed);
  shut_down(above);
}

TEST_CASE_FIXTURE(outcome_world, "timed_start: one actor is one child") {
  const caf::actor shared = std::get<started>(spawn_eager(system, obedient)).actor;
  const start_function give = [shared](caf::event_based_actor&) { return started{shared}; };
  const worker_options passing{.restart = restart::temporary};
  const auto fixed = start({});
  for (const caf::actor& top : {fixed, many}) {
    const bool is_first = top == fixed;
    const auto first = ask<start_child_answer>(top, start_child_call{worker("p", give, passing)});
    CHECK(first.outcome.has_value());
    const auto again = ask<start_child_answer>(top, start_child_call{worker("q", give, passing)});
    REQUIRE_FALSE(again.outcome);
    CHECK(again.outcome.error().message.find("another child") != std::string::npos);
    if (is_first)
      CHECK(children(top) == "p");
  }
  kill(shared);
  shut_down(fixed);
  shut_down(above);
  CHECK(has_ended(fixed));
  CHECK(has_ended(above));
}

} // namespace
} // namespace aiex
