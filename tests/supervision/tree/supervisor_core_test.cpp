#include "aiex/supervision/tree/supervisor_core.hpp"

#include "support/core_run.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::child;
using test::core_run;

const std::vector<child_spec> abc{child("a"), child("b"), child("c")};
constexpr restart_limit plenty{.intensity = 100, .period = 5s};

core_run begun(supervisor_spec spec) {
  core_run run{std::move(spec)};
  run.begin();
  run.trace();
  return run;
}

TEST_CASE("supervisor_core: starts left to right, stops right to left") {
  core_run run{{.children = abc}};
  run.begin();
  CHECK(run.trace() == "start a, start b, start c");
  CHECK(run.core.has_begun());
  run.shut_down();
  CHECK(run.trace() == "stop c, stop b, stop a, end");
  CHECK(run.children() == "a- b- c-");
}

TEST_CASE("supervisor_core: a first start that fails takes back those before it") {
  core_run run{{.children = abc}};
  run.fails = {"c"};
  run.begin();
  CHECK(run.trace() ==
        "start a, start b, fail c, stop b, stop a, end: failed to start child 'c': broken");
  CHECK_FALSE(run.core.has_begun());
}

TEST_CASE("supervisor_core: ignored children are well and do not run") {
  core_run run{{.children = {child("a"), child("b", restart::temporary), child("c")}}};
  run.ignores = {"a", "b"};
  run.begin();
  CHECK(run.trace() == "ignore a, ignore b, start c");
  CHECK(run.children() == "a- c");
}

TEST_CASE("supervisor_core: what a child's end leads to") {
  struct example {
    strategy how;
    restart kind;
    exit_kind end;
    const char* done;
    const char* left;
  };
  const auto one = strategy::one_for_one, all = strategy::one_for_all,
             rest = strategy::rest_for_one;
  const auto normal = exit_kind::normal, shut = exit_kind::shutdown, bad = exit_kind::abnormal;
  const example table[] = {
    {one, restart::permanent, bad, "start b", "a b c"},
    {one, restart::permanent, normal, "start b", "a b c"},
    {one, restart::permanent, shut, "start b", "a b c"},
    {one, restart::transient, bad, "start b", "a b c"},
    {one, restart::transient, normal, "", "a b- c"},
    {one, restart::transient, shut, "", "a b- c"},
    {one, restart::temporary, bad, "", "a c"},
    {one, restart::temporary, normal, "", "a c"},
    {one, restart::temporary, shut, "", "a c"},
    {all, restart::permanent, bad, "stop c, stop a, start a, start b, start c", "a b c"},
    {all, restart::transient, bad, "stop c, stop a, start a, start b, start c", "a b c"},
    {all, restart::transient, normal, "", "a b- c"},
    {all, restart::temporary, bad, "", "a c"},
    {rest, restart::permanent, bad, "stop c, start b, start c", "a b c"},
    {rest, restart::transient, shut, "", "a b- c"},
    {rest, restart::temporary, bad, "", "a c"},
  };
  for (const example& row : table) {
    CAPTURE(static_cast<int>(row.how));
    CAPTURE(static_cast<int>(row.kind));
    CAPTURE(static_cast<int>(row.end));
    core_run run =
      begun({.how = row.how, .children = {child("a"), child("b", row.kind), child("c")}});
    run.end("b", row.end);
    CHECK(run.trace() == row.done);
    CHECK(run.children() == row.left);
  }
}

TEST_CASE("supervisor_core: temporary bystanders are stopped and not started again") {
  for (const strategy how : {strategy::one_for_all, strategy::rest_for_one}) {
    core_run run =
      begun({.how = how, .children = {child("a"), child("t", restart::temporary), child("c")}});
    run.end("a");
    CHECK(run.trace() == "stop c, stop t, start a, start c");
    CHECK(run.children() == "a c");
  }
}

TEST_CASE("supervisor_core: too many restarts end the supervisor with shutdown") {
  core_run run = begun({.limit = {.intensity = 2, .period = 5s}, .children = abc});
  run.end("a");
  run.end("b");
  CHECK(run.trace() == "start a, start b");
  run.wait(5s);
  run.end("a");
  CHECK(run.trace() == "give up, stop c, stop b, end");
}

TEST_CASE("supervisor_core: a restart that fails is tried again and counts") {
  core_run run = begun({.limit = {.intensity = 3, .period = 5s}, .children = abc});
  run.fails = {"b"};
  run.end("b");
  CHECK(run.trace() == "fail b, retry b later");
  CHECK(run.children() == "a b! c");
  run.retry();
  CHECK(run.trace() == "fail b, retry b later");
  run.fails = {};
  run.retry();
  CHECK(run.trace() == "start b");
  CHECK(run.children() == "a b c");
  run.fails = {"b"};
  run.end("b");
  CHECK(run.trace() == "give up, stop c, stop a, end");
}

TEST_CASE("supervisor_core: rest_for_one goes on from the one that did not start") {
  core_run run = begun({.how = strategy::rest_for_one,
    .limit = plenty,
    .children = {child("a"), child("b"), child("c"), child("d")}});
  run.fails = {"c"};
  run.end("a");
  CHECK(run.trace() == "stop d, stop c, stop b, start a, start b, fail c, retry c later");
  CHECK(run.children() == "a b c! d-");
  run.fails = {};
  run.retry();
  CHECK(run.trace() == "start c, start d");
  CHECK(run.children() == "a b c d");
}

TEST_CASE("supervisor_core: one_for_all stops those just started before it tries again") {
  core_run run = begun({.how = strategy::one_for_all, .limit = plenty, .children = abc});
  run.fails = {"b"};
  run.end("c");
  CHECK(run.trace() == "stop b, stop a, start a, fail b, retry b later");
  CHECK(run.children() == "a b! c-");
  SUBCASE("once it does") {
    run.fails = {};
    run.retry();
    CHECK(run.trace() == "stop a, start a, start b, start c");
  }
  SUBCASE("so that they stay when the failed one is terminated meanwhile") {
    run.ask(terminate_request{"b"});
    CHECK(run.trace() == "answer done");
    run.retry();
    CHECK(run.trace() == "");
    CHECK(run.children() == "a b- c-");
  }
}

TEST_CASE("supervisor_core: requests and the end come in between in a restart loop") {
  core_run run = begun({.limit = plenty, .children = abc});
  run.fails = {"b"};
  run.end("b");
  run.trace();
  SUBCASE("terminate_child ends the loop") {
    run.ask(terminate_request{"b"});
    CHECK(run.trace() == "answer done");
    run.retry();
    CHECK(run.trace() == "");
    CHECK(run.children() == "a b- c");
  }
  SUBCASE("so does shutdown") {
    run.shut_down();
    CHECK(run.trace() == "stop c, stop a, end");
    run.retry();
    CHECK(run.trace() == "");
  }
  SUBCASE("restart_child and delete_child are refused") {
    run.ask(restart_request{"b"});
    run.ask(delete_request{"b"});
    CHECK(run.trace() == "refuse 10, refuse 10");
  }
}

TEST_CASE("supervisor_core: a child that does not shut down is killed, then abandoned") {
  core_run run = begun({.children = abc});
  run.hangs = {"b"};
  run.sticks = {"b"};
  run.shut_down();
  CHECK(run.trace() == "stop c, stop b");
  run.time_out("b");
  CHECK(run.trace() == "kill b");
  run.time_out("b");
  CHECK(run.trace() == "abandon b, stop a, end");
  run.time_out("b");
  run.end("b");
  CHECK(run.trace() == "");
}

TEST_CASE("supervisor_core: a time-out of one who has ended means nothing") {
  core_run run = begun({.children = abc});
  run.hangs = {"c"};
  run.ask(terminate_request{"c"});
  run.end("c", exit_kind::shutdown);
  CHECK(run.trace() == "stop c, answer done");
  run.time_out("c");
  CHECK(run.trace() == "");
}

TEST_CASE("supervisor_core: brutal_kill asks no questions") {
  std::vector<child_spec> children = abc;
  children[1].shutdown = shutdown::brutal_kill();
  core_run run = begun({.children = children});
  run.ask(terminate_request{"b"});
  CHECK(run.trace() == "kill b, answer done");
}

TEST_CASE("supervisor_core: children that end by themselves meanwhile disturb nothing") {
  core_run run = begun({.how = strategy::rest_for_one, .limit = plenty, .children = abc});
  run.hangs = {"c"};
  run.end("b"); // c is being stopped
  CHECK(run.trace() == "stop c");
  run.end("a"); // waits for its turn
  CHECK(run.trace() == "");
  run.end("c", exit_kind::shutdown);
  CHECK(run.trace() == "start b, start c, stop c");
  run.end("c", exit_kind::shutdown);
  CHECK(run.trace() == "stop b, start a, start b, start c");
  CHECK(run.children() == "a b c");
}

TEST_CASE("supervisor_core: one who ended before it was to be stopped is not waited for") {
  core_run run = begun({.limit = plenty, .children = abc});
  run.hangs = {"c"};
  run.shut_down();
  run.end("a");
  CHECK(run.trace() == "stop c");
  run.end("c", exit_kind::shutdown);
  CHECK(run.trace() == "stop b, end");
}

TEST_CASE("supervisor_core: start_child, restart_child, terminate_child, delete_child") {
  const auto code = [](supervision_errc of) {
    return "refuse " + std::to_string(static_cast<int>(of));
  };
  core_run run = begun({.children = abc});
  run.ask(start_request{child("d")});
  CHECK(run.trace() == "start d, answer started");
  run.ask(start_request{child("d")});
  CHECK(run.trace() == code(supervision_errc::already_started));
  run.ask(restart_request{"d"});
  CHECK(run.trace() == code(supervision_errc::running));
  run.ask(delete_request{"d"});
  CHECK(run.trace() == code(supervision_errc::running));
  run.ask(terminate_request{"d"});
  CHECK(run.trace() == "stop d, answer done");
  run.ask(terminate_request{"d"});
  CHECK(run.trace() == "answer done");
  run.ask(start_request{child("d")});
  CHECK(run.trace() == code(supervision_errc::already_present));
  run.ask(restart_request{"d"});
  CHECK(run.trace() == "start d, answer started");
  run.ask(terminate_request{"d"});
  run.ask(delete_request{"d"});
  CHECK(run.trace() == "stop d, answer done, answer done");
  for (const supervisor_request& request : std::vector<supervisor_request>{
         terminate_request{"d"}, restart_request{"d"}, delete_request{"d"}}) {
    run.ask(request);
    CHECK(run.trace() == code(supervision_errc::not_found));
  }
  run.fails = {"e"};
  run.ask(start_request{child("e")});
  CHECK(run.trace() == "fail e, " + code(supervision_errc::start_failed));
  CHECK(run.children() == "a b c");
  run.ignores = {"e", "f"};
  run.fails = {};
  run.ask(start_request{child("e")});
  run.ask(start_request{child("f", restart::temporary)});
  CHECK(run.trace() == "ignore e, answer done, ignore f, answer done");
  CHECK(run.children() == "a b c e-");
  run.ask(start_request{child("")});
  CHECK(run.trace() == code(supervision_errc::missing_id));
  run.shut_down();
  run.trace();
  run.ask(start_request{child("g")});
  CHECK(run.trace() == code(supervision_errc::stopping));
}

TEST_CASE("supervisor_core: a restart_child that fails leaves the child known") {
  core_run run = begun({.children = abc});
  run.ask(terminate_request{"b"});
  run.fails = {"b"};
  run.trace();
  run.ask(restart_request{"b"});
  CHECK(run.trace() == "fail b, refuse 12");
  CHECK(run.children() == "a b- c");
}

TEST_CASE("supervisor_core: a temporary child that is terminated is forgotten") {
  core_run run = begun({.children = {child("t", restart::temporary)}});
  run.ask(terminate_request{"t"});
  CHECK(run.trace() == "stop t, answer done");
  CHECK(run.children() == "");
}

TEST_CASE("supervisor_core: significant children") {
  const auto spec = [](auto_shutdown ends) {
    return supervisor_spec{.limit = plenty,
      .ends = ends,
      .children = {child("a", restart::transient, true), child("b", restart::temporary, true),
        child("c", restart::transient)}};
  };
  SUBCASE("any of them, when it ends by itself") {
    core_run run = begun(spec(auto_shutdown::any_significant));
    run.end("c", exit_kind::normal);
    CHECK(run.trace() == "");
    run.end("a", exit_kind::abnormal);
    CHECK(run.trace() == "start a");
    run.end("a", exit_kind::normal);
    CHECK(run.trace() == "stop b, end");
  }
  SUBCASE("a temporary one, however it ends") {
    core_run run = begun(spec(auto_shutdown::any_significant));
    run.end("b", exit_kind::abnormal);
    CHECK(run.trace() == "stop c, stop a, end");
  }
  SUBCASE("all of them") {
    core_run run = begun(spec(auto_shutdown::all_significant));
    run.end("b", exit_kind::abnormal);
    CHECK(run.trace() == "");
    run.end("a", exit_kind::shutdown);
    CHECK(run.trace() == "stop c, end");
  }
  SUBCASE("not when they are terminated") {
    core_run run = begun(spec(auto_shutdown::any_significant));
    run.ask(terminate_request{"a"});
    run.ask(terminate_request{"b"});
    CHECK(run.trace() == "stop a, answer done, stop b, answer done");
  }
}

TEST_CASE("supervisor_core: whatever happens, what should run runs in the end") {
  CHECK(rc::check([] {
    const auto how =
      *rc::gen::element(strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one);
    core_run run{{.how = how, .limit = {.intensity = 1'000'000, .period = 5s}, .children = abc}};
    run.begin();
    const auto ids = rc::gen::element<std::string>("a", "b", "c");
    const auto events = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
    for (const int event : events) {
      const std::string id = *ids;
      const bool runs = run.core.find(id)->status == child_status::running;
      if (event == 0)
        run.fails = {id};
      else if (event == 1)
        run.retry();
      else if (event == 2)
        run.hangs = {id};
      else if (runs)
        run.end(id);
    }
    run.fails = {};
    run.hangs = {};
    for (int i = 0; i < 10; ++i) {
      for (const std::string id : {"a", "b", "c"})
        if (run.core.find(id)->status == child_status::running)
          run.time_out(id); // means something only if it is being waited for
      run.retry();
    }
    RC_ASSERT(run.children() == "a b c");
    run.trace();
    run.shut_down();
    RC_ASSERT(run.trace() == "stop c, stop b, stop a, end");
  }));
}

} // namespace
} // namespace aiex
