// What a dynamic supervisor answers, with the results of OTP's simple_one_for_one: as
// supervisor_SUITE:child_adm_simple, hanging_restart_loop_simple and their like.
#include "aiex/supervision/tree/dynamic_supervisor.hpp"

#include "support/core_run.hpp"
#include "support/supervised_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::crash_atom;
using test::ignoring;
using test::leave_atom;
using test::obedient;
using test::stubborn;

class crowded_world : public test::supervised_world {
public:
  caf::actor top;
  caf::actor crowd;
  std::shared_ptr<bool> fails = std::make_shared<bool>(false); ///< Starts of `moody` children.

  explicit crowded_world(restart_limit limit = {.intensity = 100, .period = 5s}) {
    top = start({.children = {dynamic_supervisor_child("crowd", limit, context())}});
    crowd = ask<which_child_answer>(top, which_child_call{"crowd"}).outcome->actor;
    take_seen();
  }
  crowded_world(const crowded_world&) = delete;
  crowded_world& operator=(const crowded_world&) = delete;
  ~crowded_world() { shut_down(top); }

  start_child_answer add(child_spec spec) {
    return ask<start_child_answer>(crowd, start_child_call{std::move(spec)});
  }
  child_spec moody(std::string id) {
    return worker(std::move(id), [fails = fails](caf::event_based_actor& self) -> start_outcome {
      if (*fails)
        return caf::make_error(caf::sec::runtime_error, std::string{"no disk"});
      return spawns(obedient)(self);
    });
  }
  child_counts counts() { return ask<child_counts>(crowd, count_children_call{}); }
};

constexpr auto no_ids = supervision_errc::simple_one_for_one;

TEST_CASE_FIXTURE(crowded_world, "dynamic_queries: children have no ids, but specs of their own") {
  const auto a = add(worker("a", spawns(obedient), {.restart = restart::transient})).outcome->actor;
  CHECK(ask<start_child_answer>(crowd, restart_child_call{"a"}).outcome.error().code == no_ids);
  CHECK(refusal(crowd, delete_child_call{"a"}) == no_ids);
  CHECK(refusal(crowd, terminate_child_call{"a"}) == no_ids);
  CHECK(ask<childspec_answer>(crowd, get_childspec_call{"a"}).outcome.error().code == no_ids);
  CHECK(ask<which_child_answer>(crowd, which_child_call{"a"}).outcome.error().code == no_ids);
  const auto spec = ask<childspec_answer>(crowd, get_dynamic_childspec_call{a.id()});
  CHECK(spec.outcome->id == "a");
  CHECK(spec.outcome->restart == restart::transient);
  CHECK(spec.outcome->stop_by() == shutdown::after(5s));
  CHECK(ask<which_child_answer>(crowd, which_dynamic_child_call{a.id()}).outcome->actor == a);
  CHECK(ask<childspec_answer>(crowd, get_dynamic_childspec_call{top.id()}).outcome.error().code ==
        supervision_errc::not_found);
  CHECK(ask<which_child_answer>(crowd, which_dynamic_child_call{top.id()}).outcome.error().code ==
        supervision_errc::not_found);
}

TEST_CASE_FIXTURE(crowded_world, "dynamic_queries: to terminate who has ended is well") {
  const auto a = add(worker("a", spawns(obedient))).outcome->actor;
  CHECK(ask<supervision_answer>(crowd, terminate_dynamic_call{.actor = a}).outcome);
  CHECK(ask<supervision_answer>(crowd, terminate_dynamic_call{.actor = a}).outcome);
  CHECK(refusal(crowd, terminate_dynamic_call{.actor = top}) == supervision_errc::not_found);
  CHECK(refusal(crowd, terminate_dynamic_call{a.id()}) == supervision_errc::not_found);
}

TEST_CASE_FIXTURE(
  crowded_world, "dynamic_queries: a start that finds the name taken says by whom") {
  const caf::actor outside = system.spawn(obedient);
  const auto refused = add(
    worker("a", [outside](caf::event_based_actor&) -> start_outcome { return taken{outside}; }));
  CHECK(refused.outcome.error().code == supervision_errc::already_started);
  CHECK(refused.running == outside);
  CHECK(counts().workers == 0);
  kill(outside);
}

// sup_start_ignore_…_start_child_simple: nothing is kept, and nothing is in the way of the end.
TEST_CASE_FIXTURE(crowded_world, "dynamic_queries: ignored children are not kept") {
  for (const auto how : {restart::permanent, restart::transient, restart::temporary}) {
    const auto answer = add(worker("i", ignoring, {.restart = how}));
    CHECK(answer.outcome);
    CHECK_FALSE(answer.outcome->actor);
  }
  CHECK(counts() == child_counts{1, 0, 0, 0});
  CHECK(ask<supervision_answer>(top, terminate_child_call{"crowd"}).outcome);
  CHECK(take_seen() == std::vector<std::string>{"stopped root/crowd"});
}

// simple_one_for_one_restart_ignore and simple_one_for_one_extra.
TEST_CASE_FIXTURE(crowded_world, "dynamic_queries: a restart may be ignored, or say more") {
  int starts = 0;
  const auto start = [&starts](caf::event_based_actor& self) -> start_outcome {
    if (++starts > 2)
      return ignored{};
    return started{self.system().spawn(obedient), "port " + std::to_string(starts)};
  };
  for (const auto how : {restart::permanent, restart::transient}) {
    starts = 0;
    CHECK(add(worker("a", start, {.restart = how})).outcome->info == "port 1");
    for (int i = 0; i < 2; ++i) {
      const auto now = ask<std::vector<child_info>>(crowd, which_children_call{});
      REQUIRE(now.size() == 1);
      kill(now[0].actor);
    }
    CHECK(starts == 3);
    CHECK(counts() == child_counts{1, 0, 0, 0});
  }
}

// sup_stop_brutal_kill_dynamic.
TEST_CASE_FIXTURE(crowded_world, "dynamic_queries: those to be killed are killed, all at once") {
  std::vector<test::last_words> ends;
  for (int i = 0; i < 10; ++i)
    ends.emplace_back(
      add(worker("s", spawns(stubborn), {.shutdown = shutdown::brutal_kill()})).outcome->actor);
  CHECK(ask<supervision_answer>(top, terminate_child_call{"crowd"}).outcome);
  for (const auto& end : ends)
    CHECK(end.text() == "killed");
}

// count_children_supervisor.
TEST_CASE_FIXTURE(crowded_world, "dynamic_queries: supervisors are counted as such") {
  const auto below = add(supervisor_child("s", {}, context())).outcome->actor;
  add(worker("a", spawns(obedient)));
  CHECK(counts() == child_counts{1, 2, 1, 1});
  CHECK(ask<supervision_answer>(crowd, terminate_dynamic_call{.actor = below}).outcome);
  CHECK(counts() == child_counts{1, 1, 0, 1});
}

TEST_CASE_FIXTURE(crowded_world, "dynamic_queries: its limit may change while it runs") {
  const auto code_of = [&](supervisor_spec wanted) {
    return refusal(crowd, change_supervisor_call{std::move(wanted)});
  };
  CHECK(code_of({.limit = {1, 0s}}) == supervision_errc::bad_period);
  CHECK(code_of({.how = strategy::one_for_all}) == no_ids);
  CHECK(code_of({.children = {worker("a", spawns(obedient))}}) == no_ids);
  CHECK(ask<supervision_answer>(
    crowd, change_supervisor_call{{.limit = {.intensity = 0, .period = 5s}}})
          .outcome);
  kill(add(worker("a", spawns(obedient))).outcome->actor);
  CHECK(ask<which_child_answer>(top, which_child_call{"crowd"}).outcome->restarts == 1);
}

TEST_CASE_FIXTURE(test::supervised_world, "dynamic_queries: an unsound limit starts nothing") {
  const auto top = start({});
  const auto refused = ask<start_child_answer>(
    top, start_child_call{dynamic_supervisor_child("crowd", {1, 0s}, context())});
  CHECK(refused.outcome.error() ==
        supervision_error{supervision_errc::start_failed, "the period must be at least 1 second"});
  shut_down(top);
}

// -- restart loops, where one message follows the other ------------------------------------------

/// Three children with the keys 101, 102, 103, of which the first two do not come back.
dynamic_core looping() {
  dynamic_core core{{.intensity = 100, .period = 5s}};
  for (child_key key = 1; key <= 3; ++key) {
    core.add(test::child("c"));
    core.on_started(key, 100 + key);
  }
  for (child_key key = 1; key <= 2; ++key) {
    core.on_ended(100 + key, exit_kind::abnormal, "no disk", {});
    core.on_start_failed(key, "no disk");
  }
  return core;
}

std::size_t active(const dynamic_core& core) {
  std::size_t count = 0;
  for (const auto& [which, each] : core.children())
    count += each.status == child_status::running ? 1 : 0;
  return count;
}

// count_restarting_children and hanging_restart_loop_simple.
TEST_CASE("dynamic_queries: one in a restart loop is terminated by what it was last") {
  dynamic_core core = looping();
  CHECK(core.children().size() == 3);
  CHECK(active(core) == 1);
  const auto orders = core.terminate(101);
  REQUIRE(orders);
  CHECK(orders->empty()); // nothing runs that were to be stopped
  CHECK(core.children().size() == 2);
  CHECK(core.on_retry(1, {}).empty());
  CHECK_FALSE(core.terminate(101));
  CHECK(core.terminate(102));
  CHECK(core.children().size() == 1);
}

TEST_CASE("dynamic_queries: one that has come back is known by its new actor only") {
  dynamic_core core = looping();
  CHECK(core.on_retry(1, {}).size() == 2); // told, and started
  core.on_started(1, 201);
  CHECK_FALSE(core.terminate(101));
  CHECK(core.terminate(201));
}

TEST_CASE("dynamic_queries: a shutdown ends all loops") {
  dynamic_core core = looping();
  core.on_shutdown("as told");
  CHECK(core.children().size() == 1);
  CHECK_FALSE(core.terminate(101));
  core.on_ended(103, exit_kind::shutdown, "shutdown", {});
  CHECK(core.has_ended());
}

// The actor answers at once. A start that fails in its actor keeps the loop waiting for its end.
TEST_CASE_FIXTURE(crowded_world, "dynamic_queries: who terminates a looping child is answered") {
  auto slow = std::make_shared<caf::actor>();
  const auto start = [slow, fails = fails](caf::event_based_actor& self) -> start_outcome {
    if (!*fails)
      return spawns(obedient)(self);
    *slow = self.system().spawn(stubborn);
    return failing{*slow, caf::make_error(caf::sec::runtime_error, std::string{"no disk"})};
  };
  const auto a = add(worker("a", start)).outcome->actor;
  *fails = true;
  kill(a);
  CHECK(counts() == child_counts{1, 0, 0, 1});
  CHECK(ask<which_child_answer>(crowd, which_dynamic_child_call{a.id()}).outcome->status ==
        child_status::restarting);
  CHECK(ask<supervision_answer>(crowd, terminate_dynamic_call{.actor = a}).outcome);
  CHECK(counts() == child_counts{1, 0, 0, 0});
  kill(*slow);
  CHECK(counts() == child_counts{1, 0, 0, 0});
}

// simple_one_for_one_escalation: one loops, and all end.
TEST_CASE("dynamic_queries: a loop that gives up stops the bystanders") {
  dynamic_core core{{.intensity = 1, .period = 5s}};
  for (child_key key = 1; key <= 2; ++key) {
    core.add(test::child("c"));
    core.on_started(key, 100 + key);
  }
  core.on_ended(101, exit_kind::abnormal, "no disk", {});
  core.on_start_failed(1, "no disk");
  core.on_retry(1, {});
  CHECK_FALSE(core.has_ended()); // the bystander is being stopped
  core.on_ended(102, exit_kind::shutdown, "shutdown", {});
  CHECK(core.has_ended());
}

// simple_one_for_one_scale_many_temporary_children.
TEST_CASE("dynamic_queries: ten thousand temporary children are terminated one by one") {
  constexpr child_key count = 10'000;
  dynamic_core core{{}};
  for (child_key key = 1; key <= count; ++key) {
    core.add(test::child("c", restart::temporary));
    core.on_started(key, key);
  }
  for (child_key key = 1; key <= count; ++key) {
    CHECK(core.terminate(key)->size() == 1);
    core.on_ended(key, exit_kind::shutdown, "shutdown", {});
  }
  CHECK(core.children().empty());
}

// simple_one_for_one_corruption: what others do gives a temporary child no arguments back.
TEST_CASE("dynamic_queries: temporary children keep no arguments when others end") {
  dynamic_core core{{}};
  auto argument = std::make_shared<int>(7);
  const std::weak_ptr<int> kept = argument;
  core.add(worker("t", [argument](caf::event_based_actor&) -> start_outcome { return ignored{}; },
    {.restart = restart::temporary}));
  core.on_started(1, 101);
  core.add(test::child("u", restart::temporary));
  core.on_started(2, 102);
  argument.reset();
  core.on_ended(102, exit_kind::abnormal, "no disk", {});
  CHECK(core.find(1)->status == child_status::running);
  CHECK(kept.expired());
}

} // namespace
} // namespace aiex
