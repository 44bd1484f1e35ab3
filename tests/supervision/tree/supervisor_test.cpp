#include "aiex/supervision/process/links.hpp"
#include "aiex/supervision/tree/dynamic_supervisor.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/blocking_world.hpp"
#include "support/supervised_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace aiex {
namespace {

using namespace std::chrono_literals;

using test::broken;
using test::crash_atom;
using test::hello_atom;
using test::ignoring;
using test::leave_atom;
using test::obedient;
using test::stubborn;
using test::supervised_world;

using events = std::vector<std::string>;

TEST_CASE_FIXTURE(supervised_world, "supervisor: a child that crashes is back under its name") {
  const auto top = start({.children = {named("a"), named("b")}});
  CHECK(take_seen() == events{"started root/a", "started root/b"});
  const caf::actor before = at("a");
  tell("a", crash_atom::value);
  CHECK(take_seen() == events{"exited root/a", "restarting root/a", "started root/a"});
  CHECK(at("a") != before);
  CHECK(ask<int>(at("a"), hello_atom::value) == 7);
  shut_down(top);
  CHECK(take_seen() == events{"stopped root/b", "stopped root/a"});
  CHECK_FALSE(names.find("a"));
  CHECK_FALSE(names.find("b"));
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: the reason of an end is what the exception says") {
  std::string reason;
  supervision_context listening{[&](const supervision_event& event) {
                                  if (event.what == child_change::exited)
                                    reason = event.reason;
                                },
    "root"};
  const auto outcome =
    start_supervisor(system, {.children = {named("a", restart::temporary), named("b")}}, listening);
  settle();
  tell("a", crash_atom::value);
  CHECK(reason == "told to crash");
  tell("b", leave_atom::value);
  CHECK(reason == "normal");
  shut_down(std::get<started>(outcome).actor);
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: gives up, and the one above starts it again") {
  supervisor_spec below{.limit = {.intensity = 0, .period = 5s}, .children = {named("a")}};
  const auto top = start({.children = {supervisor_child("below", below, context()), named("b")}});
  CHECK(take_seen() == events{"started root/below/a", "started root/below", "started root/b"});
  tell("a", crash_atom::value);
  CHECK(take_seen() == events{"exited root/below/a", "gave_up root/below/a", "exited root/below",
                         "restarting root/below", "started root/below/a", "started root/below"});
  CHECK(ask<int>(at("a"), hello_atom::value) == 7);
  shut_down(top);
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: intensity forgets with time") {
  const auto top = start({.limit = {.intensity = 1, .period = 5s}, .children = {named("a")}});
  tell("a", crash_atom::value);
  advance(6s);
  tell("a", crash_atom::value);
  CHECK(names.find("a"));
  tell("a", crash_atom::value);
  CHECK_FALSE(names.find("a"));
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: who cannot begin takes back the others") {
  supervisor_spec below{.children = {named("a"), worker("b", spawns(broken))}};
  const auto outcome = start_supervisor(
    system, {.children = {named("c"), supervisor_child("below", below, context())}}, context());
  settle();
  const auto* failed = std::get_if<failing>(&outcome);
  REQUIRE(failed != nullptr);
  CHECK(exit_text(failed->reason).find("child 'b': cannot begin") != std::string::npos);
  CHECK(
    take_seen() == events{"started root/c", "started root/below/a", "failed_to_start root/below/b",
                     "stopped root/below/a", "failed_to_start root/below", "stopped root/c"});
  CHECK_FALSE(names.find("a"));
  CHECK_FALSE(names.find("c"));
}

TEST_CASE_FIXTURE(
  supervised_world, "supervisor: what it has begun it finishes, if nobody holds it") {
  const child_spec slow = worker("s", spawns(stubborn), {.shutdown = shutdown::after(2s)});
  start_supervisor(
    system, {.children = {named("a"), slow, worker("b", spawns(broken))}}, context());
  settle();
  advance(2s);
  CHECK(take_seen() == events{"started root/a", "started root/s", "failed_to_start root/b",
                         "killed root/s", "stopped root/s", "stopped root/a"});

  caf::actor top = start({.children = {named("a"), slow}});
  take_seen();
  caf::anon_send_exit(std::exchange(top, nullptr), caf::exit_reason::user_shutdown);
  settle();
  advance(2s);
  CHECK(take_seen() == events{"killed root/s", "stopped root/s", "stopped root/a"});
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: an unsound spec starts nothing") {
  const auto outcome = start_supervisor(system, {.children = {named("a"), named("a")}}, context());
  const auto* refused = std::get_if<caf::error>(&outcome);
  REQUIRE(refused != nullptr);
  CHECK(exit_text(*refused) == "two children have the id 'a': give one of them another");
  CHECK(seen.empty());
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: kills who does not shut down in time") {
  const auto top = start({.children = {
                            named("a"),
                            worker("s", spawns(stubborn), {.shutdown = shutdown::after(2s)}),
                          }});
  take_seen();
  caf::anon_send_exit(top, caf::exit_reason::user_shutdown);
  settle();
  CHECK(take_seen().empty());
  advance(1'999ms);
  CHECK(take_seen().empty());
  advance(1ms);
  CHECK(take_seen() == events{"killed root/s", "stopped root/s", "stopped root/a"});
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: its children are killed with it") {
  const auto top = start({.children = {named("a"), worker("s", spawns(stubborn))}});
  const auto children = ask<std::vector<child_info>>(top, which_children_call{});
  REQUIRE(children.size() == 2);
  CHECK(children[0].id == "s");
  caf::scoped_actor self{system};
  self->monitor(children[0].actor);
  kill(top);
  CHECK_FALSE(names.find("a"));
  bool has_ended = false;
  self->receive([&](const caf::down_msg&) { has_ended = true; }, caf::after(0s) >> [] {});
  CHECK(has_ended);
}

// OTP drops the exit signal of whoever is neither its parent nor its child.
TEST_CASE_FIXTURE(supervised_world, "supervisor: heeds its parent and no stranger") {
  const auto top =
    start({.children = {supervisor_child("below", {.children = {named("a")}}, context())}});
  const caf::actor below = ask<std::vector<child_info>>(top, which_children_call{}).at(0).actor;
  const caf::actor a = at("a");
  take_seen();
  caf::anon_send_exit(below, caf::exit_reason::user_shutdown);
  system.spawn([below](caf::event_based_actor* stranger) {
    stranger->link_to(below);
    stranger->quit(caf::make_error(caf::sec::runtime_error, std::string{"a stranger's trouble"}));
  });
  settle();
  CHECK(take_seen().empty());
  CHECK(at("a") == a);
  CHECK(ask<supervision_answer>(top, terminate_child_call{"below"}).outcome);
  CHECK(take_seen() == events{"stopped root/below/a", "stopped root/below"});
  CHECK(ask<start_child_answer>(top, restart_child_call{"below"}).outcome);
  kill(ask<std::vector<child_info>>(top, which_children_call{}).at(0).actor); // whoever kills
  CHECK(take_seen() == events{"started root/below/a", "started root/below", "exited root/below",
                         "restarting root/below", "started root/below/a", "started root/below"});
  shut_down(top);
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: one with a parent of another kind heeds it") {
  caf::scoped_actor parent{system};
  const auto outcome =
    start_supervisor(system, {.children = {named("a")}}, context(), parent->address());
  const caf::actor top = std::get<started>(outcome).actor;
  shut_down(top); // by nobody in particular
  CHECK(names.find("a"));
  parent->send(top, caf::exit_msg{parent->address(), caf::exit_reason::user_shutdown});
  settle();
  CHECK_FALSE(names.find("a"));
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: children come and go at run time") {
  const auto top = start({.children = {named("a")}});
  auto made = ask<start_child_answer>(top, start_child_call{named("b", restart::transient)});
  REQUIRE(made.outcome);
  CHECK(made.outcome->actor == at("b"));
  CHECK(ask<child_counts>(top, count_children_call{}) == child_counts{2, 2, 0, 2});
  tell("b", leave_atom::value);
  CHECK(ask<child_counts>(top, count_children_call{}) == child_counts{2, 1, 0, 2});
  made = ask<start_child_answer>(top, restart_child_call{"b"});
  CHECK(made.outcome);
  CHECK(ask<supervision_answer>(top, delete_child_call{"b"}).outcome.error().code ==
        supervision_errc::running);
  CHECK(ask<supervision_answer>(top, terminate_child_call{"b"}).outcome);
  CHECK_FALSE(names.find("b"));
  CHECK(ask<supervision_answer>(top, delete_child_call{"b"}).outcome);
  CHECK(ask<supervision_answer>(top, terminate_child_call{"b"}).outcome.error().code ==
        supervision_errc::not_found);
  const auto failed = ask<start_child_answer>(top, start_child_call{worker("x", spawns(broken))});
  CHECK(
    failed.outcome.error() == supervision_error{supervision_errc::start_failed, "cannot begin"});
  shut_down(top);
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: a start may say more, or that nothing need run") {
  const auto top = start({});
  const auto made = ask<start_child_answer>(
    top, start_child_call{worker("a", [](caf::event_based_actor& supervisor) -> start_outcome {
      return started{supervisor.system().spawn(obedient), "port 7"};
    })});
  CHECK(made.outcome->info == "port 7");
  const auto nothing = ask<start_child_answer>(
    top, start_child_call{
           worker("b", [](caf::event_based_actor&) -> start_outcome { return ignored{}; })});
  REQUIRE(nothing.outcome);
  CHECK_FALSE(nothing.outcome->actor);
  const auto thrown = ask<start_child_answer>(
    top, start_child_call{worker("c",
           [](caf::event_based_actor&) -> start_outcome { throw std::runtime_error{"no disk"}; })});
  CHECK(thrown.outcome.error().message == "no disk");
  shut_down(top);
}

// As supervisor_SUITE:sup_start_map of OTP: a spec can be read back, its defaults with it.
TEST_CASE_FIXTURE(supervised_world, "supervisor: tells the spec of a child") {
  const auto top = start({.children = {worker("a", spawns(obedient)),
                            worker("b", spawns(obedient), {.shutdown = shutdown::brutal_kill()}),
                            supervisor_child("c", {}, context())}});
  const auto spec = [&](std::string id) {
    return ask<childspec_answer>(top, get_childspec_call{std::move(id)}).outcome;
  };
  CHECK(spec("a")->restart == restart::permanent);
  CHECK(spec("a")->stop_by() == shutdown::after(5s));
  CHECK(spec("a")->kind == child_kind::worker);
  CHECK(spec("b")->stop_by() == shutdown::brutal_kill());
  CHECK(spec("c")->stop_by() == shutdown::infinity());
  CHECK(spec("c")->kind == child_kind::supervisor);
  CHECK(spec("d").error().code == supervision_errc::not_found);
  shut_down(top);
}

// sup_start_ignore_child, sup_start_ignore_temporary_child and …_start_child.
TEST_CASE_FIXTURE(supervised_world, "supervisor: an ignored child is kept unless it is temporary") {
  const auto top = start({.children = {worker("a", ignoring),
                            worker("t", ignoring, {.restart = restart::temporary}), named("b")}});
  const auto ids = [&] {
    std::string all;
    for (const child_info& each : ask<std::vector<child_info>>(top, which_children_call{}))
      all += each.id + (each.actor ? "+ " : "- ");
    return all;
  };
  CHECK(ids() == "b+ a- ");
  CHECK(ask<child_counts>(top, count_children_call{}) == child_counts{2, 1, 0, 2});
  CHECK(ask<start_child_answer>(top, start_child_call{worker("c", ignoring)}).outcome);
  CHECK(ask<start_child_answer>(
    top, start_child_call{worker("u", ignoring, {.restart = restart::temporary})})
          .outcome);
  CHECK(ids() == "c- b+ a- ");
  CHECK(
    ask<start_child_answer>(top, start_child_call{worker("a", ignoring)}).outcome.error().code ==
    supervision_errc::already_present);
  CHECK(ask<start_child_answer>(top, start_child_call{named("b")}).outcome.error().code ==
        supervision_errc::already_started);
  shut_down(top);
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: draws the tree that runs") {
  supervisor_spec below{.how = strategy::one_for_all, .children = {named("b"), named("c")}};
  const auto top = start({.how = strategy::rest_for_one,
    .children = {named("a"), supervisor_child("below", below, context())}});
  tell("b", crash_atom::value);
  const auto tree = ask<supervision_tree>(top, supervision_tree_call{});
  CHECK(tree.id == "root");
  CHECK(tree.how == strategy::rest_for_one);
  REQUIRE(tree.children.size() == 2);
  CHECK(tree.children[0].id == "a");
  CHECK(tree.children[0].actor_id == at("a").id());
  CHECK(tree.children[1].how == strategy::one_for_all);
  REQUIRE(tree.children[1].children.size() == 2);
  CHECK(tree.children[1].children[0].id == "b");
  CHECK(tree.children[1].children[0].restarts == 1);
  CHECK(tree.children[1].children[1].restarts == 0);
  shut_down(top);
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: every change has a name of its own") {
  std::vector<std::string_view> all;
  for (int each = 0; each <= static_cast<int>(child_change::returned); ++each)
    all.push_back(name(static_cast<child_change>(each)));
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  CHECK(std::find(all.begin(), all.end(), "unknown") == all.end());
}

/// Links to whom it is given.
caf::behavior linker(caf::event_based_actor* self) {
  return {
    [self](const caf::actor& whom) { links{self}.link(whom); },
    [self](leave_atom, const caf::error& reason) { self->quit(reason); },
  };
}

// OTP's supervisors trap exits.
// An actor of CAF's own is no process: a kill lies in its mailbox until it comes back to that.
TEST_CASE_FIXTURE(supervised_world, "supervisor: who does not even end killed is abandoned") {
  test::gate way;
  const caf::actor deaf = test::spawn_never_back(system, way);
  const caf::actor top =
    start({.children = {named("a"), worker("deaf", [deaf](auto&) { return started{deaf}; })}});
  const test::last_words last{top};
  take_seen();
  shut_down(top);
  advance(5s); // its own
  CHECK(take_seen() == events{"killed root/deaf"});
  advance(kill_patience - 1ms);
  CHECK(take_seen().empty());
  advance(1ms);
  CHECK(take_seen() == events{"abandoned root/deaf", "stopped root/deaf", "stopped root/a"});
  CHECK(told.at(told.size() - 3).reason == reason_of_abandoned);
  CHECK(last.text() == "shutdown");
  way.open();
}

TEST_CASE_FIXTURE(supervised_world, "supervisor: spawned by CAF alone it is no process, and ends") {
  const auto failure = std::make_shared<std::optional<begin_failure>>();
  const caf::actor plain =
    system.spawn(supervisor, supervisor_spec{}, context(), caf::actor_addr{}, failure);
  settle();
  CHECK(has_ended(plain));
}

TEST_CASE_FIXTURE(
  supervised_world, "supervisor: of the ends it is linked to, its parent's counts") {
  const caf::error trouble = caf::make_error(caf::sec::runtime_error, std::string{"trouble"});
  const auto spawn_linker = [&] { return std::get<started>(spawn_eager(system, linker)).actor; };
  for (const bool is_dynamic : {false, true}) {
    CAPTURE(is_dynamic);
    const caf::actor parent = spawn_linker();
    const auto outcome = is_dynamic ? spawn_eager(system, dynamic_supervisor, restart_limit{},
                                        context(), dynamic_limits{}, parent.address())
                                    : start_supervisor(system, {}, context(), parent.address());
    const caf::actor top = std::get<started>(outcome).actor;
    REQUIRE(ask<start_child_answer>(top, start_child_call{named("a")}).outcome);
    for (const caf::error& reason : {trouble, caf::error{}, caf::error{caf::exit_reason::kill}}) {
      const caf::actor stranger = spawn_linker();
      caf::anon_send(stranger, top);
      settle();
      caf::anon_send(stranger, leave_atom::value, reason);
      settle();
      CHECK_FALSE(has_ended(top));
    }
    caf::anon_send(parent, top);
    settle();
    caf::anon_send(parent, leave_atom::value, trouble);
    settle();
    CHECK(end_of(top) == trouble);
    CHECK_FALSE(names.find("a"));
  }
}

} // namespace
} // namespace aiex
