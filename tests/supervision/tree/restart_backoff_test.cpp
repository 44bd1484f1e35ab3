#include "aiex/supervision/tree/dynamic_supervisor.hpp"
#include "aiex/supervision/tree/restart_backoff.hpp"

#include "support/core_run.hpp"
#include "support/supervised_world.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::crash_atom;
using words = std::vector<std::string>;

constexpr restart_backoff exact{100ms, 1s, 0};

TEST_CASE("restart_backoff: the delay doubles up to the most, and jitter only shortens it") {
  struct example {
    restart_backoff how;
    std::uint32_t nth;
    double random;
    std::chrono::milliseconds delay;
  };
  const example table[] = {
    {exact, 1, 0, 100ms},
    {exact, 2, 0, 200ms},
    {exact, 4, 0, 800ms},
    {exact, 5, 0, 1s},
    {exact, std::numeric_limits<std::uint32_t>::max(), 0, 1s},
    {exact, 2, 0.99, 200ms}, // without jitter nothing is random
    {{100ms, 1s, 0.5}, 1, 0.5, 75ms},
    {{100ms, 1s, 1}, 2, 0.5, 100ms},
    {{1ms, restart_backoff_max, 0}, 64, 0, restart_backoff_max},
  };
  for (const auto& row : table) {
    CAPTURE(row.nth);
    CHECK(delay_of(row.how, row.nth, row.random) == row.delay);
  }
}

TEST_CASE("restart_backoff: its bounds") {
  CHECK(is_sound({}));
  CHECK(is_sound({1ms, restart_backoff_max, 1}));
  for (const restart_backoff& each : {restart_backoff{0ms, 1s, 0}, {2s, 1s, 0},
         {1s, restart_backoff_max + 1ms, 0}, {1s, 1s, -0.1}, {1s, 1s, 1.1}})
    CHECK_FALSE(is_sound(each));
}

child_spec patient(std::string id, restart_backoff how = exact) {
  child_spec made = test::child(std::move(id));
  made.backoff = how;
  return made;
}

TEST_CASE("restart_backoff: only under one_for_one, and within its bounds") {
  CHECK(check(supervisor_spec{.children = {patient("a")}}));
  for (const strategy how : {strategy::one_for_all, strategy::rest_for_one})
    CHECK(check(supervisor_spec{.how = how, .children = {patient("a")}}).error().code ==
          supervision_errc::bad_backoff);
  CHECK(check(patient("a", {0ms, 1s, 0}), auto_shutdown::never).error().code ==
        supervision_errc::bad_backoff);
  test::core_run run{{.how = strategy::rest_for_one}};
  run.begin();
  run.ask(start_request{patient("a")});
  CHECK(run.trace() == "refuse " + std::to_string(static_cast<int>(supervision_errc::bad_backoff)));
}

TEST_CASE("restart_backoff: who has run for the most begins anew") {
  restart_row row;
  using time_point = restart_row::time_point;
  CHECK(row.on_ended(exact, time_point{10s}) == 1);
  row.on_restart(time_point{11s});
  CHECK(row.on_ended(exact, time_point{11s} + 999ms) == 2);
  CHECK(row.on_failed() == 3);
  row.on_restart(time_point{20s});
  CHECK(row.on_ended(exact, time_point{21s}) == 1);
}

struct backoff_world : test::supervised_world {
  child_spec patient_child(std::string id) {
    child_spec made = named(std::move(id));
    made.backoff = exact;
    return made;
  }
  bool runs(const char* name) { return names.find(name).has_value(); }
  void crash(const char* name) {
    caf::anon_send(*names.find(name), crash_atom::value);
    settle();
  }
};

TEST_CASE_FIXTURE(backoff_world, "restart_backoff: a crashing child waits longer each time") {
  const caf::actor top = start({.limit = {100, 1'000s}, .children = {patient_child("a")}});
  for (const auto pause : {100ms, 200ms, 400ms}) {
    crash("a");
    advance(pause - 1ms);
    CHECK_FALSE(runs("a"));
    const auto children = ask<std::vector<child_info>>(top, which_children_call{});
    CHECK(children.front().status == child_status::restarting);
    advance(1ms);
    CHECK(runs("a"));
  }
  advance(1s);
  crash("a");
  advance(100ms);
  CHECK(runs("a"));
  kill(top);
}

TEST_CASE_FIXTURE(
  backoff_world, "restart_backoff: who waits can be stopped, and its time is void") {
  const caf::actor top = start({.limit = {100, 1'000s}, .children = {patient_child("a")}});
  crash("a");
  CHECK(ask<supervision_answer>(top, terminate_child_call{"a"}).outcome);
  CHECK(ask<start_child_answer>(top, restart_child_call{"a"}).outcome);
  advance(50ms);
  crash("a"); // its second: 200 ms, while the first one's 100 ms run out
  advance(199ms);
  CHECK_FALSE(runs("a"));
  advance(1ms);
  CHECK(runs("a"));
  kill(top);
}

TEST_CASE_FIXTURE(backoff_world, "restart_backoff: a dynamic child waits, too") {
  const caf::actor top =
    start({.children = {dynamic_supervisor_child("crowd", {100, 1'000s}, context())}});
  const auto crowd = ask<std::vector<child_info>>(top, which_children_call{}).front().actor;
  CHECK(ask<start_child_answer>(crowd, start_child_call{patient_child("a")}).outcome);
  for (const auto pause : {100ms, 200ms}) {
    crash("a");
    advance(pause - 1ms);
    CHECK_FALSE(runs("a"));
    advance(1ms);
    CHECK(runs("a"));
  }
  kill(top);
}

} // namespace
} // namespace aiex
