// What is told of ends, and what follows from them, with actors: as supervisor_SUITE:sup_stop_…,
// permanent_…, one_for_all, significant_escalation, child_unlink, tree and their like.
#include "aiex/supervision/application/application_controller.hpp"
#include "aiex/supervision/tree/dynamic_supervisor.hpp"

#include "support/supervised_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::broken;
using test::crash_atom;
using test::hello_atom;
using test::last_words;
using test::leave_atom;
using test::obedient;
using test::stubborn;
using test::supervised_world;
using seen_events = std::vector<std::string>;

caf::error trouble() {
  return caf::make_error(caf::sec::runtime_error, std::string{"no disk"});
}

// permanent_, transient_ and temporary_ with normal, shutdown, {shutdown, Term} and abnormal ends.
TEST_CASE_FIXTURE(supervised_world, "supervision_event: each end of each kind of child") {
  struct example {
    caf::error reason;
    exit_kind kind;
    const char* text;
  };
  const example table[] = {
    {{}, exit_kind::normal, "normal"},
    {shutdown_reason(), exit_kind::shutdown, "shutdown"},
    {shutdown_reason("done"), exit_kind::shutdown, "shutdown: done"},
    {trouble(), exit_kind::abnormal, "no disk"},
    {caf::exit_reason::kill, exit_kind::abnormal, "killed"},
  };
  for (const example& row : table)
    for (const auto how : {restart::permanent, restart::transient, restart::temporary}) {
      CAPTURE(row.text);
      const auto top = start({.children = {named("a", how)}});
      told.clear();
      tell("a", leave_atom::value, row.reason);
      REQUIRE_FALSE(told.empty());
      CHECK(told[0].what == child_change::exited);
      CHECK(told[0].kind == row.kind);
      CHECK(told[0].reason == row.text);
      const bool comes_back =
        how == restart::permanent || (how == restart::transient && row.kind == exit_kind::abnormal);
      CHECK(children(top) == (comes_back ? "a" : how == restart::transient ? "a-" : ""));
      shut_down(top);
    }
}

// sup_start_normal, and as gen_server: it ends for the reason it was told.
TEST_CASE_FIXTURE(supervised_world, "supervision_event: a supervisor ends as its parent told it") {
  for (const caf::error& reason : {shutdown_reason(), shutdown_reason("moving"), trouble()}) {
    const auto top = start({.children = {named("a")}});
    last_words end{top}, child_end{at("a")};
    caf::anon_send(top, caf::exit_msg{{}, reason});
    settle();
    CHECK(end.text() == exit_text(reason));
    CHECK(child_end.text() == "shutdown");
  }
  const auto below = start({.children = {dynamic_supervisor_child("crowd", {}, context())}});
  last_words end{ask<which_child_answer>(below, which_child_call{"crowd"}).outcome->actor};
  shut_down(below);
  CHECK(end.text() == "shutdown");
}

TEST_CASE_FIXTURE(supervised_world, "supervision_event: a supervisor that gives up is shut down") {
  const auto top = start({.limit = {.intensity = 0, .period = 5s}, .children = {named("a")}});
  last_words end{top};
  tell("a", crash_atom::value);
  CHECK(end.text() == "shutdown");
}

// faulty_application_shutdown: {shutdown, {failed_to_start_child, Id, Reason}}.
TEST_CASE_FIXTURE(
  supervised_world, "supervision_event: which child kept it from starting is known") {
  const supervisor_spec below{.children = {named("a"), worker("b", spawns(broken))}};
  const auto outcome = start_supervisor(
    system, {.children = {supervisor_child("below", below, context())}}, context());
  const auto* failed = std::get_if<failing>(&outcome);
  REQUIRE(failed != nullptr);
  last_words end{failed->actor};
  settle();
  CHECK(failed->child == failed_to_start_child{"below/b", "cannot begin"});
  REQUIRE(*end);
  CHECK(kind_of(**end) == exit_kind::shutdown);
  CHECK(end.text() == "shutdown: failed to start child 'below': child 'b': cannot begin");
}

// sup_start_ignore_init: a supervisor need not run either.
TEST_CASE_FIXTURE(supervised_world, "supervision_event: a supervisor may be ignored") {
  child_spec below = supervisor_child("below", {.children = {named("a")}}, context());
  bool is_wanted = false;
  below.start = [&is_wanted, start = below.start](caf::event_based_actor& self) -> start_outcome {
    return is_wanted ? start(self) : ignored{};
  };
  const auto top = start({.children = {below, named("b")}});
  CHECK(children(top) == "below- b");
  CHECK_FALSE(names.find("a"));
  is_wanted = true;
  CHECK(ask<start_child_answer>(top, restart_child_call{"below"}).outcome->actor);
  CHECK(names.find("a"));
  shut_down(top);
}

// sup_stop_infinity and sup_stop_brutal_kill.
TEST_CASE_FIXTURE(
  supervised_world, "supervision_event: waits for ever, or not at all, if it is to") {
  const auto top =
    start({.children = {
             worker("k", spawns(stubborn), {.shutdown = shutdown::brutal_kill()}),
             worker("w", via(names, "w", spawns(stubborn)), {.shutdown = shutdown::infinity()}),
           }});
  const auto k = ask<which_child_answer>(top, which_child_call{"k"}).outcome->actor;
  last_words end{top}, killed{k};
  shut_down(top);
  advance(48h);
  CHECK(end.text() == "lives");
  CHECK(killed.text() == "lives"); // it is its turn when the one behind it has ended
  told.clear();
  caf::anon_send_exit(at("w"), caf::exit_reason::kill);
  settle();
  CHECK(killed.text() == "killed");
  CHECK(end.text() == "shutdown");
  REQUIRE(told.size() == 3);
  CHECK(told[0].what == child_change::shutdown_error); // it was not its supervisor who killed w
  CHECK(told[0].path == "root/w");
  CHECK(told[0].reason == "killed");
}

// one_for_all: none of the old ones is left.
TEST_CASE_FIXTURE(supervised_world, "supervision_event: one_for_all leaves nobody of before") {
  const auto top =
    start({.how = strategy::one_for_all, .children = {named("a"), named("b"), named("c")}});
  last_words a{at("a")}, b{at("b")}, c{at("c")};
  tell("b", crash_atom::value);
  CHECK(a.text() == "shutdown");
  CHECK(b.text() == "told to crash");
  CHECK(c.text() == "shutdown");
  for (const char* each : {"a", "b", "c"})
    CHECK(ask<int>(at(each), hello_atom::value) == 7);
  shut_down(top);
}

// one_for_all_escalation, rest_for_one_escalation.
TEST_CASE_FIXTURE(supervised_world, "supervision_event: a start that fails in every try ends all") {
  for (const auto how : {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one}) {
    bool fails = false;
    const auto start_b = [&fails](caf::event_based_actor& self) -> start_outcome {
      return fails ? start_outcome{trouble()} : spawns(obedient)(self);
    };
    const auto top = start({.how = how,
      .limit = {.intensity = 3, .period = 3600s},
      .children = {named("a"), worker("b", via(names, "b", start_b)), named("c")}});
    last_words end{top};
    fails = true;
    told.clear();
    tell("b", crash_atom::value);
    CHECK(end.text() == "shutdown");
    CHECK(std::count_if(told.begin(), told.end(), [](const supervision_event& each) {
      return each.what == child_change::failed_to_start;
    }) == 3);
    for (const char* each : {"a", "b", "c"})
      CHECK_FALSE(names.find(each));
  }
}

// significant_escalation: worker, its supervisor, the one above.
TEST_CASE_FIXTURE(
  supervised_world, "supervision_event: a significant end goes up as far as it may") {
  for (const bool goes_on : {true, false}) {
    supervisor_spec below{.ends = auto_shutdown::any_significant,
      .children = {named("a", restart::transient, true), named("b")}};
    const auto top = start({.ends = auto_shutdown::any_significant,
      .children = {supervisor_child("below", below, context(),
                     {.restart = restart::transient, .significant = goes_on}),
        named("c")}});
    last_words end{top}, b{at("b")};
    tell("a", leave_atom::value);
    CHECK(b.text() == "shutdown");
    CHECK(end.text() == (goes_on ? "shutdown" : "lives"));
    shut_down(top);
  }
}

/// Does not hear of its supervisor, and watches nobody.
caf::behavior unlinked(caf::event_based_actor* self) {
  self->set_exit_handler([](const caf::exit_msg&) {});
  self->set_down_handler([](const caf::down_msg&) {});
  return {[self](const caf::actor& supervisor) {
    self->unlink_from(supervisor);
    self->demonitor(supervisor.address());
  }};
}

// child_unlink.
TEST_CASE_FIXTURE(
  supervised_world, "supervision_event: a child that stops watching cannot hang it") {
  const auto top = start({.children = {worker("u", via(names, "u", spawns(unlinked)))}});
  last_words end{at("u")};
  tell("u", top);
  bool is_answered = false;
  system.spawn([&, top](caf::event_based_actor* self) {
    self->request(top, caf::infinite, terminate_child_call{"u"})
      .then([&](const supervision_answer& answer) { is_answered = answer.outcome.has_value(); });
  });
  settle();
  CHECK_FALSE(is_answered);
  advance(5s);
  CHECK(is_answered);
  CHECK(end.text() == "killed");
  CHECK(children(top) == "u-");
  shut_down(top);
}

// tree: whoever was started at run time is gone when its supervisor has been started again.
TEST_CASE_FIXTURE(
  supervised_world, "supervision_event: a restarted supervisor has its spec's children") {
  const supervisor_spec below{
    .limit = {.intensity = 1, .period = 3600s}, .children = {named("a"), named("b")}};
  const auto top = start({.children = {supervisor_child("below", below, context()), named("c")}});
  const auto sub = [&] {
    return ask<which_child_answer>(top, which_child_call{"below"}).outcome->actor;
  };
  CHECK(ask<start_child_answer>(sub(), start_child_call{named("d")}).outcome);
  const caf::actor b = at("b"), c = at("c"), before = sub();
  tell("a", crash_atom::value);
  CHECK(sub() == before);
  CHECK(at("b") == b); // only the dead one
  tell("a", crash_atom::value);
  CHECK(sub() != before);
  CHECK(at("c") == c);
  CHECK(children(sub()) == "a b");
  CHECK_FALSE(names.find("d"));
  shut_down(top);
}

// simple_global_supervisor: names follow, whoever ends and however.
TEST_CASE_FIXTURE(supervised_world, "supervision_event: names follow supervisors and workers") {
  const auto top = start({.limit = {.intensity = 10, .period = 5s},
    .children = {supervisor_child(
      "below", {.limit = {.intensity = 10, .period = 5s}, .children = {named("a")}}, context())}});
  const auto sub = [&] {
    return ask<which_child_answer>(top, which_child_call{"below"}).outcome->actor;
  };
  caf::actor before = at("a");
  const auto is_new = [&] {
    const caf::actor now = at("a");
    const bool changed = std::exchange(before, now) != now;
    return changed && ask<int>(now, hello_atom::value) == 7;
  };
  kill(sub());
  CHECK(is_new());
  kill(at("a"));
  CHECK(is_new());
  tell("a", leave_atom::value);
  CHECK(is_new());
  CHECK(ask<supervision_answer>(sub(), terminate_child_call{"a"}).outcome);
  CHECK_FALSE(names.find("a"));
  CHECK(ask<start_child_answer>(sub(), restart_child_call{"a"}).outcome);
  CHECK(is_new());
  shut_down(top);
}

TEST_CASE_FIXTURE(supervised_world, "supervision_event: an observer that throws ends nobody") {
  const supervision_context loud{
    [](const supervision_event&) { throw std::runtime_error{"a full disk"}; }, "root"};
  const caf::actor top =
    std::get<started>(start_supervisor(system, {.children = {named("a")}}, loud)).actor;
  settle();
  tell("a", crash_atom::value);
  CHECK_FALSE(has_ended(top));
  CHECK(at("a")); // and is there again
  shut_down(top);
}

// OTP's {stop, Reason} of init.
caf::behavior stopping(caf::event_based_actor* self, std::string why) {
  self->quit(why.empty() ? caf::error{} : caf::make_error(caf::sec::runtime_error, why));
  return {};
}

TEST_CASE_FIXTURE(
  supervised_world, "supervision_event: who quits in its beginning has not started") {
  const auto top = start({.children = {named("a")}});
  const auto failed = ask<start_child_answer>(
    top, start_child_call{worker("b", spawns(stopping, std::string{"no disk"}))});
  REQUIRE_FALSE(failed.outcome);
  CHECK(failed.outcome.error().code == supervision_errc::start_failed);
  CHECK(failed.outcome.error().message == "no disk");
  CHECK(children(top) == "a");
  const auto done = ask<start_child_answer>(
    top, start_child_call{
           worker("c", spawns(stopping, std::string{}), {.restart = restart::transient})});
  CHECK(done.outcome.has_value()); // it has done what it was for
  CHECK(children(top) == "a c-");
  shut_down(top);
  const auto none = start_supervisor(system,
    {.children = {named("a"), worker("b", spawns(stopping, std::string{"no disk"}))}}, context());
  settle();
  REQUIRE(std::holds_alternative<failing>(none));
  CHECK(std::get<failing>(none).child == failed_to_start_child{"b", "no disk"});
  CHECK_FALSE(names.find("a")); // taken back
}

TEST_CASE_FIXTURE(
  supervised_world, "supervision_event: a supervisor is stopped by who started it") {
  const auto top = start({.children = {named("a")}});
  stop_supervisor(top, shutdown_reason("moving"));
  settle();
  CHECK(exit_text(*end_of(top)) == "shutdown: moving");
  CHECK_FALSE(names.find("a"));
}

TEST_CASE("supervision_event: a supervisor is a child with all its options") {
  const worker_options all{.restart = restart::transient,
    .shutdown = shutdown::after(7s),
    .significant = true,
    .backoff = restart_backoff{},
    .handler_limit = 3s};
  for (const child_spec& made : {supervisor_child("s", {}, {}, all),
         dynamic_supervisor_child("s", {}, {}, {}, all), applications_child("s", {}, {}, all)}) {
    CHECK(made.kind == child_kind::supervisor);
    CHECK_FALSE(made.start_timeout.has_value());
    CHECK(made.restart == all.restart);
    CHECK(made.shutdown == all.shutdown);
    CHECK(made.significant);
    CHECK(made.backoff.has_value());
    CHECK(made.handler_limit == all.handler_limit);
  }
}

} // namespace
} // namespace aiex
