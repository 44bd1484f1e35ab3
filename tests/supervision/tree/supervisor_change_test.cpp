// A supervisor that is changed while it runs, and its significant children before and after: as
// supervisor_SUITE:code_change, significant_upgrade_… and significant_… of OTP.
#include "aiex/supervision/tree/supervisor_core.hpp"

#include "support/core_run.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::child;
using test::core_run;

constexpr restart_limit plenty{.intensity = 100, .period = 5s};
constexpr auto never = auto_shutdown::never;
constexpr auto any = auto_shutdown::any_significant;
constexpr auto all = auto_shutdown::all_significant;

core_run begun(supervisor_spec spec) {
  core_run run{std::move(spec)};
  run.begin();
  run.trace();
  return run;
}

std::string change(core_run& run, supervisor_spec wanted) {
  run.ask(change_request{std::move(wanted)});
  return run.trace();
}

std::string code(supervision_errc of) {
  return "refuse " + std::to_string(static_cast<int>(of));
}

TEST_CASE("supervisor_change: new flags are heeded from then on, and past restarts count") {
  core_run run =
    begun({.limit = {.intensity = 1, .period = 5s}, .children = {child("a"), child("b")}});
  run.end("a");
  CHECK(run.trace() == "start a");
  CHECK(change(run, {.how = strategy::one_for_all,
                      .limit = {.intensity = 2, .period = 60s},
                      .children = {child("a"), child("b")}}) == "answer done");
  run.wait(30s);
  run.end("b");
  CHECK(run.trace() == "stop a, start a, start b");
  run.end("b");
  CHECK(run.trace() == "give up, stop a, end");
}

TEST_CASE("supervisor_change: known children go on, new ones wait, unwanted ones stay") {
  core_run run = begun({.limit = plenty, .children = {child("a"), child("b"), child("c")}});
  run.ask(terminate_request{"c"});
  run.trace();
  child_spec c = child("c", restart::transient);
  c.shutdown = shutdown::brutal_kill();
  CHECK(change(run, {.limit = plenty, .children = {child("d"), c, child("a")}}) == "answer done");
  CHECK(run.children() == "d- c- a b");
  CHECK(run.core.find("c")->spec.stop_by().kills());
  run.ask(restart_request{"d"});
  CHECK(run.trace() == "start d, answer started");
  run.end("b");
  CHECK(run.trace() == "start b");
  run.shut_down();
  CHECK(run.trace() == "stop b, stop a, stop d, end");
}

TEST_CASE("supervisor_change: after a fault nothing has changed") {
  core_run run = begun({.children = {child("a")}});
  child_spec no_start = child("b");
  no_start.start = {};
  CHECK(change(run, {.how = strategy::one_for_all, .limit = {5, 0s}}) ==
        code(supervision_errc::bad_period));
  CHECK(change(run, {.how = strategy::one_for_all, .children = {child("b"), no_start}}) ==
        code(supervision_errc::missing_start));
  CHECK(
    change(run, {.children = {child("b"), child("b")}}) == code(supervision_errc::duplicate_id));
  CHECK(run.children() == "a");
  CHECK(run.core.how() == strategy::one_for_one);
}

TEST_CASE("supervisor_change: in a restart loop it goes on with the new spec") {
  core_run run = begun({.limit = plenty, .children = {child("a"), child("b")}});
  run.fails = {"a"};
  run.end("a");
  CHECK(run.trace() == "fail a, retry a later");
  CHECK(change(run, {.limit = plenty, .children = {child("b"), child("a", restart::transient)}}) ==
        "answer done");
  CHECK(run.children() == "b a!");
  run.fails = {};
  run.retry();
  CHECK(run.trace() == "start a");
  run.end("a", exit_kind::normal);
  CHECK(run.children() == "b a-");
}

TEST_CASE("supervisor_change: a running child that is to be temporary keeps no arguments") {
  auto argument = std::make_shared<int>(7);
  const std::weak_ptr<int> kept = argument;
  const auto start = [argument](caf::event_based_actor&) -> start_outcome { return ignored{}; };
  core_run run = begun({.children = {worker("a", start)}});
  change(run, {.children = {worker("a", start, {.restart = restart::temporary}),
                 worker("b", start, {.restart = restart::temporary})}});
  CHECK_FALSE(run.core.find("a")->spec.start);
  REQUIRE(run.core.find("b")->spec.start); // it has still to be started
  run.end("a", exit_kind::abnormal);
  CHECK(run.children() == "b-");
  CHECK_FALSE(kept.expired());
}

/// One that may end its supervisor, and others.
supervisor_spec with_significant(auto_shutdown ends, restart how) {
  return {.limit = plenty,
    .ends = ends,
    .children = {child("a", how, ends != never), child("b", how, ends != never), child("c")}};
}

// significant_upgrade_never_any, any_never, never_all, all_never, any_all, all_any.
TEST_CASE("supervisor_change: who ends because of its children may change") {
  struct example {
    auto_shutdown before;
    auto_shutdown after;
    const char* first;
    const char* second;
  };
  const example table[] = {
    {never, any, "stop c, stop b, end", ""},
    {never, all, "", "stop c, end"},
    {any, never, "", ""},
    {all, never, "", ""},
    {any, all, "", "stop c, end"},
    {all, any, "stop c, stop b, end", ""},
  };
  for (const example& row : table)
    for (const auto how : {restart::transient, restart::temporary}) {
      CAPTURE(static_cast<int>(row.before));
      CAPTURE(static_cast<int>(row.after));
      core_run run = begun(with_significant(row.before, how));
      CHECK(change(run, with_significant(row.after, how)) == "answer done");
      run.end("a", exit_kind::normal);
      CHECK(run.trace() == row.first);
      if (!run.core.has_ended())
        run.end("b", exit_kind::normal);
      CHECK(run.trace() == row.second);
    }
}

// significant_upgrade_child, and what stays significant where nothing ends because of it.
TEST_CASE("supervisor_change: a child may become significant, or stop being so") {
  const auto spec = [](bool is_significant) {
    return supervisor_spec{.limit = plenty,
      .ends = any,
      .children = {child("a", restart::transient, is_significant), child("b")}};
  };
  SUBCASE("become") {
    core_run run = begun(spec(false));
    change(run, spec(true));
    run.end("a", exit_kind::normal);
    CHECK(run.trace() == "stop b, end");
  }
  SUBCASE("stop") {
    core_run run = begun(spec(true));
    change(run, spec(false));
    run.end("a", exit_kind::normal);
    CHECK(run.trace() == "");
  }
  SUBCASE("not where nothing ends because of it") {
    core_run run = begun(spec(true));
    supervisor_spec wanted = spec(true);
    wanted.ends = never;
    CHECK(change(run, wanted) == code(supervision_errc::significant_never));
    CHECK(change(run, {.limit = plenty, .children = {child("b")}}) == "answer done");
    run.ask(terminate_request{"a"});
    run.ask(restart_request{"a"}); // its spec is not looked at again
    CHECK(run.trace() == "stop a, answer done, start a, answer started");
    run.end("a", exit_kind::normal);
    CHECK(run.trace() == "");
    CHECK(run.children() == "b a-");
  }
}

// nonsignificant_temporary and nonsignificant_transient.
TEST_CASE("supervisor_change: children that are not significant never end their supervisor") {
  const auto bad = exit_kind::abnormal;
  for (const auto ends : {never, any, all})
    for (const auto how : {restart::transient, restart::temporary})
      for (const auto& [kind, reason] : {std::pair{exit_kind::normal, "normal"},
             {exit_kind::shutdown, "shutdown"}, {bad, "killed"}, {bad, "no disk"}}) {
        core_run run = begun({.limit = plenty, .ends = ends, .children = {child("a", how)}});
        run.end("a", kind, reason);
        CHECK(run.trace() == (how == restart::transient && kind == bad ? "start a" : ""));
        CHECK_FALSE(run.core.has_ended());
      }
}

// significant_bystander: what a sibling takes along has not ended by itself.
TEST_CASE("supervisor_change: significant children that a sibling takes along end nothing") {
  for (const auto how : {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one})
    for (const auto ends : {any, all}) {
      core_run run = begun({.how = how,
        .limit = plenty,
        .ends = ends,
        .children = {
          child("a"), child("b", restart::transient, true), child("c", restart::temporary, true)}});
      run.end("a");
      CHECK_FALSE(run.core.has_ended());
      CHECK(run.children() == (how == strategy::one_for_one ? "a b c" : "a b"));
      run.shut_down();
    }
}

// significant_transient: one that was terminated may be started again, and still counts.
TEST_CASE("supervisor_change: a significant child that was terminated may come back") {
  for (const auto ends : {any, all}) {
    core_run run = begun({.limit = plenty,
      .ends = ends,
      .children = {child("a", restart::transient, true), child("b")}});
    run.ask(terminate_request{"a"});
    run.ask(restart_request{"a"});
    CHECK(run.trace() == "stop a, answer done, start a, answer started");
    run.end("a", exit_kind::shutdown);
    CHECK(run.trace() == "stop b, end");
  }
}

// do_not_save_child_specs_for_temporary_children.
TEST_CASE("supervisor_change: nothing is left of a temporary child, however it ends") {
  for (const auto how : {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one})
    for (const auto kind : {std::optional<exit_kind>{}, std::optional{exit_kind::normal},
           std::optional{exit_kind::shutdown}, std::optional{exit_kind::abnormal}}) {
      core_run run = begun({.how = how, .children = {child("t", restart::temporary)}});
      if (kind)
        run.end("t", *kind);
      else
        run.ask(terminate_request{"t"});
      CHECK(run.children() == "");
      run.trace();
      run.ask(start_request{child("t", restart::temporary)});
      CHECK(run.trace() == "start t, answer started");
    }
}

TEST_CASE("supervisor_change: who is made temporary while it is tried again is not, with others") {
  const supervisor_spec begun{.how = strategy::one_for_all,
    .limit = {.intensity = 100, .period = 5s},
    .children = {test::child("a"), test::child("b")}};
  core_run run{begun};
  run.begin();
  run.fails = {"a"};
  run.end("a");
  CHECK(run.children() == "a! b-");
  supervisor_spec wanted = begun;
  wanted.children.front().restart = restart::temporary;
  run.ask(change_request{wanted});
  run.fails = {};
  run.trace();
  run.retry();
  CHECK(run.trace() == "start b");
  CHECK(run.children() == "b");
}

TEST_CASE("supervisor_change: a temporary child that is known stays so until it has run") {
  core_run run = begun({.limit = plenty});
  change(run, {.limit = plenty, .children = {child("t", restart::temporary)}});
  run.fails = {"t"};
  run.ask(restart_request{"t"});
  CHECK(run.trace() == "fail t, " + code(supervision_errc::start_failed));
  CHECK(run.children() == "t-");
  run.fails = {};
  run.ignores = {"t"};
  run.ask(restart_request{"t"});
  CHECK(run.trace() == "ignore t, answer done");
  CHECK(run.children() == "t-");
  run.ignores = {};
  run.ask(restart_request{"t"});
  CHECK(run.trace() == "start t, answer started");
  run.end("t");
  CHECK(run.children() == "");
}

} // namespace
} // namespace aiex
