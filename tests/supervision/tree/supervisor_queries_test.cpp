// What a supervisor answers, with OTP's results: as supervisor_SUITE:child_adm, which_children,
// hanging_restart_loop and their like.
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/core_run.hpp"
#include "support/supervised_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::broken;
using test::crash_atom;
using test::ignoring;
using test::obedient;
using test::supervised_world;

constexpr restart_limit plenty{.intensity = 100, .period = 5s};

// already_started with its actor: that of the child, and that of whoever has its name.
TEST_CASE_FIXTURE(supervised_world, "supervisor_queries: who runs already is told") {
  const auto top = start({.children = {named("a")}});
  const auto known = ask<start_child_answer>(top, start_child_call{named("a")});
  CHECK(known.outcome.error().code == supervision_errc::already_started);
  CHECK(known.running == at("a"));
  const caf::actor outside = system.spawn(obedient);
  const child_spec same_name =
    worker("b", [outside](caf::event_based_actor&) -> start_outcome { return taken{outside}; });
  const auto other = ask<start_child_answer>(top, start_child_call{same_name});
  CHECK(other.outcome.error().code == supervision_errc::already_started);
  CHECK(other.running == outside);
  CHECK(children(top) == "a"); // nothing is kept of it
  const auto failed = ask<start_child_answer>(top, start_child_call{worker("x", spawns(broken))});
  CHECK(failed.outcome.error().code == supervision_errc::start_failed);
  CHECK_FALSE(failed.running);
  shut_down(top);
  caf::anon_send_exit(outside, caf::exit_reason::kill);
  settle();
}

TEST_CASE_FIXTURE(
  supervised_world, "supervisor_queries: a restart that finds the name taken fails") {
  auto outside = std::make_shared<caf::actor>();
  const auto start_a = [outside](caf::event_based_actor& self) -> start_outcome {
    if (*outside)
      return taken{*outside};
    return spawns(obedient)(self);
  };
  const auto top = start({.limit = plenty, .children = {worker("a", start_a)}});
  CHECK(ask<supervision_answer>(top, terminate_child_call{"a"}).outcome);
  *outside = system.spawn(obedient);
  const auto refused = ask<start_child_answer>(top, restart_child_call{"a"});
  CHECK(refused.outcome.error().code == supervision_errc::already_started);
  CHECK(refused.running == *outside);
  CHECK(children(top) == "a-");
  shut_down(top);
  caf::anon_send_exit(*outside, caf::exit_reason::kill);
  settle();
}

TEST_CASE_FIXTURE(supervised_world, "supervisor_queries: one child can be asked for") {
  const auto top = start(
    {.children = {named("a"), worker("i", ignoring), supervisor_child("below", {}, context())}});
  const auto of = [&](std::string id) {
    return ask<which_child_answer>(top, which_child_call{std::move(id)}).outcome;
  };
  CHECK(of("a")->actor == at("a"));
  CHECK(of("i")->status == child_status::stopped);
  CHECK_FALSE(of("i")->actor);
  CHECK(of("below")->kind == child_kind::supervisor);
  CHECK(of("z").error().code == supervision_errc::not_found);
  CHECK(ask<child_counts>(top, count_children_call{}) == child_counts{3, 2, 1, 2});
  shut_down(top);
}

// external_start_no_progress_log and extra_return.
TEST_CASE_FIXTURE(supervised_world, "supervisor_queries: a start is told once, and what it says") {
  int ports = 0;
  const auto top = start({});
  const auto start_a = [&ports](caf::event_based_actor& self) -> start_outcome {
    return started{self.system().spawn(obedient), "port " + std::to_string(++ports)};
  };
  const auto made = ask<start_child_answer>(top, start_child_call{worker("a", start_a)});
  CHECK(made.outcome->info == "port 1");
  CHECK(take_seen() == std::vector<std::string>{"started root/a"});
  CHECK(ask<supervision_answer>(top, terminate_child_call{"a"}).outcome);
  const auto again = ask<start_child_answer>(top, restart_child_call{"a"});
  CHECK(again.outcome->info == "port 2");
  shut_down(top);
}

TEST_CASE_FIXTURE(supervised_world, "supervisor_queries: a start function that makes no actor") {
  const auto top = start({});
  const auto none = ask<start_child_answer>(
    top, start_child_call{
           worker("a", [](caf::event_based_actor&) -> start_outcome { return started{}; })});
  CHECK(none.outcome.error().code == supervision_errc::start_failed);
  CHECK(children(top) == "");
  shut_down(top);
}

// hanging_restart_loop.
TEST_CASE("supervisor_queries: in a restart loop everything can be asked") {
  test::core_run run{{.limit = plenty, .children = {test::child("a"), test::child("b")}}};
  run.begin();
  run.fails = {"b"};
  run.end("b");
  run.trace();
  const auto code = [](supervision_errc of) {
    return "refuse " + std::to_string(static_cast<int>(of));
  };
  run.ask(start_request{test::child("b")});
  CHECK(run.trace() == code(supervision_errc::already_present));
  run.ask(restart_request{"b"});
  run.ask(delete_request{"b"});
  CHECK(
    run.trace() == code(supervision_errc::restarting) + ", " + code(supervision_errc::restarting));
  run.ask(terminate_request{"b"});
  run.ask(delete_request{"b"});
  run.retry();
  CHECK(run.trace() == "answer done, answer done");
  CHECK(run.children() == "a");
}

// hanging_restart_loop_rest_for_one.
TEST_CASE("supervisor_queries: and what stands behind the one that does not start waits for it") {
  test::core_run run{{.how = strategy::rest_for_one,
    .limit = plenty,
    .children = {test::child("a"), test::child("b"), test::child("c")}}};
  run.begin();
  run.fails = {"b"};
  run.end("b");
  CHECK(run.children() == "a b! c-");
  run.trace();
  run.ask(restart_request{"c"}); // it may run without the one before it
  run.ask(terminate_request{"b"});
  run.ask(restart_request{"a"});
  CHECK(run.trace() == "start c, answer started, answer done, refuse " +
                         std::to_string(static_cast<int>(supervision_errc::running)));
  run.shut_down();
  CHECK(run.trace() == "stop c, stop a, end");
}

// code_change, told to an actor.
TEST_CASE_FIXTURE(supervised_world, "supervisor_queries: another spec at run time") {
  const auto top = start({.limit = plenty, .children = {named("a"), named("b")}});
  CHECK(ask<supervision_answer>(top, change_supervisor_call{{.how = strategy::one_for_all,
                                       .limit = plenty,
                                       .children = {named("c"), named("a", restart::transient)}}})
          .outcome);
  CHECK(children(top) == "c- a b");
  CHECK(ask<childspec_answer>(top, get_childspec_call{"a"}).outcome->restart == restart::transient);
  CHECK(refusal(top, change_supervisor_call{{.limit = {1, 0s}}}) == supervision_errc::bad_period);
  const caf::actor b = at("b");
  tell("a", crash_atom::value);
  CHECK(children(top) == "c a b"); // all of them, as it was told
  CHECK(at("b") != b);
  shut_down(top);
}

// scale_start_stop_many_children.
TEST_CASE_FIXTURE(
  supervised_world, "supervisor_queries: a hundred thousand children start and stop") {
  constexpr std::size_t count = 100'000;
  supervisor_spec spec;
  for (std::size_t i = 0; i < count; ++i)
    spec.children.push_back(worker("c" + std::to_string(i), spawns(obedient)));
  const auto outcome = start_supervisor(system, std::move(spec), {});
  settle();
  const caf::actor top = std::get<started>(outcome).actor;
  CHECK(ask<child_counts>(top, count_children_call{}) == child_counts{count, count, 0, count});
  test::last_words end{top};
  shut_down(top);
  CHECK(end.text() == "shutdown");
}

} // namespace
} // namespace aiex
