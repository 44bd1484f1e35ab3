#include "aiex/supervision/tree/dynamic_core.hpp"
#include "aiex/supervision/tree/stop_verdict.hpp"

#include "support/core_run.hpp"

#include <caf/sec.hpp>
#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;

// The rules of shutdown/1 in OTP's supervisor.
TEST_CASE("stop_verdict: who ends otherwise than told has made an error") {
  const caf::error killed = caf::exit_reason::kill, plain = shutdown_reason();
  const caf::error because = shutdown_reason("done"), normal;
  const caf::error trouble = caf::make_error(caf::sec::runtime_error, std::string{"no disk"});
  struct example {
    const char* name;
    shutdown how;
    bool was_killed;
    const caf::error& reason;
    bool permanent;
    bool others;
  };
  const auto kill = shutdown::brutal_kill(), time = shutdown::after(5s);
  const example table[] = {
    {"killed at once", kill, true, killed, true, true},
    {"to be killed, was shut down", kill, true, plain, false, true},
    {"to be killed, was shut down for a reason", kill, true, because, false, true},
    {"to be killed, ended normally", kill, true, normal, false, true},
    {"to be killed, crashed", kill, true, trouble, false, false},
    {"told, shut down", time, false, plain, true, true},
    {"told, shut down for a reason", time, false, because, false, true},
    {"told, ended normally", time, false, normal, false, true},
    {"told, crashed", time, false, trouble, false, false},
    {"told, killed by somebody", time, false, killed, false, false},
    {"waited for, shut down", shutdown::infinity(), false, plain, true, true},
    {"took too long, shut down at last", time, true, plain, true, true},
    {"took too long, killed: that was told already", time, true, killed, true, true},
    {"took too long, crashed", time, true, trouble, false, false},
  };
  for (const example& row : table)
    for (const auto how : {restart::permanent, restart::transient, restart::temporary}) {
      CAPTURE(row.name);
      CAPTURE(static_cast<int>(how));
      child_spec one = test::child("a", how);
      one.shutdown = row.how;
      CHECK(has_ended_as_told(one, row.was_killed, kind_of(row.reason), exit_text(row.reason)) ==
            (how == restart::permanent ? row.permanent : row.others));
    }
}

/// How a child can end by itself, and what that is called.
const std::pair<exit_kind, const char*> ends[] = {{exit_kind::normal, "normal"},
  {exit_kind::shutdown, "shutdown"}, {exit_kind::shutdown, "shutdown: done"},
  {exit_kind::abnormal, "no disk"}};

// supervisor_SUITE:sup_stop_race: they end by themselves while another one is being stopped.
TEST_CASE("stop_verdict: who ends by itself while others are stopped disturbs nothing") {
  supervisor_spec spec;
  for (const auto how : {restart::permanent, restart::transient, restart::temporary})
    for (int i = 0; i < 4; ++i)
      spec.children.push_back(test::child("c" + std::to_string(spec.children.size()), how));
  spec.children.push_back(test::child("slow"));
  test::core_run run{spec};
  run.begin();
  run.hangs = {"slow"};
  run.trace();
  run.shut_down();
  CHECK(run.trace() == "stop slow");
  for (std::size_t i = 0; i < 12; ++i)
    run.end("c" + std::to_string(i), ends[i % 4].first, ends[i % 4].second);
  CHECK(run.trace() == "");
  run.end("slow", exit_kind::shutdown);
  CHECK(run.trace() == "end");
  CHECK(run.errors == std::vector<std::string>{"c11: no disk", "c7: no disk", "c3: no disk",
                        "c2: shutdown: done", "c0: normal"});
}

TEST_CASE("stop_verdict: who takes too long is reported as killed, and not once more") {
  test::core_run run{{.children = {test::child("a")}}};
  run.begin();
  run.hangs = {"a"};
  run.shut_down();
  run.time_out("a"); // killed, and it ends of that
  CHECK(run.core.has_ended());
  CHECK(run.errors.empty());
}

// sup_stop_non_shutdown_exit_dynamic: all restart types, all reasons.
TEST_CASE("stop_verdict: the same for the children of a dynamic supervisor") {
  for (const auto how : {restart::permanent, restart::transient, restart::temporary})
    for (const bool one_by_one : {false, true}) {
      dynamic_core core{{}};
      std::string errors;
      for (child_key key = 1; key <= 4; ++key) {
        core.add(test::child("c", how));
        core.on_started(key, 100 + key);
        if (one_by_one)
          CHECK(core.terminate(100 + key));
      }
      if (!one_by_one)
        core.on_shutdown("as told");
      for (child_key key = 1; key <= 4; ++key)
        for (const auto& order :
          core.on_ended(100 + key, ends[key - 1].first, ends[key - 1].second, {}))
          if (const auto* told = std::get_if<dynamic_core::report>(&order))
            if (told->what == child_change::shutdown_error)
              errors += told->reason + ", ";
      CHECK(
        errors == (how == restart::permanent ? "normal, shutdown: done, no disk, " : "no disk, "));
      CHECK(core.children().empty());
    }
}

} // namespace
} // namespace aiex
