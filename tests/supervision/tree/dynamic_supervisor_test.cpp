#include "aiex/supervision/tree/dynamic_supervisor.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/remote_world.hpp"
#include "support/supervised_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;

using test::broken;
using test::crash_atom;
using test::leave_atom;
using test::obedient;
using test::stubborn;

class dynamic_world : public test::actor_world {
public:
  std::vector<std::string> seen;
  caf::actor top;
  caf::actor crowd;

  explicit dynamic_world(dynamic_limits most = {}) {
    supervision_context context{[this](const supervision_event& event) {
                                  seen.push_back(std::string{name(event.what)} + ' ' + event.path);
                                },
      "root"};
    auto outcome = start_supervisor(system,
      {.children = {dynamic_supervisor_child(
         "crowd", {.intensity = 2, .period = 5s}, context, most)}},
      context);
    settle();
    top = std::get<started>(outcome).actor;
    crowd = ask<std::vector<child_info>>(top, which_children_call{}).at(0).actor;
    seen.clear();
  }

  start_child_answer start(child_spec spec) {
    return ask<start_child_answer>(crowd, start_child_call{std::move(spec)});
  }
  std::size_t active() { return ask<child_counts>(crowd, count_children_call{}).active; }

  std::vector<std::string> take_seen() { return std::exchange(seen, {}); }
};

using events = std::vector<std::string>;

TEST_CASE_FIXTURE(dynamic_world, "dynamic_supervisor: children come, crash, go and are stopped") {
  const auto a = start(worker("a", spawns(obedient)));
  const auto b = start(worker("b", spawns(obedient), {.restart = restart::temporary}));
  REQUIRE(a.outcome);
  REQUIRE(b.outcome);
  CHECK(active() == 2);
  caf::anon_send(a.outcome->actor, crash_atom::value);
  caf::anon_send(b.outcome->actor, crash_atom::value);
  settle();
  CHECK(take_seen() == events{"started root/crowd/a", "started root/crowd/b", "exited root/crowd/a",
                         "restarting root/crowd/a", "started root/crowd/a", "exited root/crowd/b"});
  CHECK(active() == 1);
  const auto left = ask<std::vector<child_info>>(crowd, which_children_call{});
  REQUIRE(left.size() == 1);
  CHECK(left[0].id == "a");
  CHECK(left[0].restarts == 1);
  CHECK(ask<supervision_answer>(crowd, terminate_dynamic_call{left[0].actor.id()}).outcome);
  CHECK(active() == 0);
  CHECK(ask<supervision_answer>(crowd, terminate_dynamic_call{left[0].actor.id()})
          .outcome.error()
          .code == supervision_errc::not_found);
}

TEST_CASE_FIXTURE(dynamic_world, "dynamic_supervisor: says why a start has failed") {
  const auto failed = start(worker("x", spawns(broken)));
  REQUIRE_FALSE(failed.outcome);
  CHECK(
    failed.outcome.error() == supervision_error{supervision_errc::start_failed, "cannot begin"});
  const auto nothing =
    start(worker("i", [](caf::event_based_actor&) -> start_outcome { return ignored{}; }));
  REQUIRE(nothing.outcome);
  CHECK_FALSE(nothing.outcome->actor);
  CHECK(active() == 0);
}

TEST_CASE_FIXTURE(
  dynamic_world, "dynamic_supervisor: too many restarts end it, and it comes back") {
  const auto a = start(worker("a", spawns(obedient)));
  const caf::actor before = crowd;
  for (int i = 0; i < 3; ++i) {
    const auto children = ask<std::vector<child_info>>(crowd, which_children_call{});
    caf::anon_send(children.at(0).actor, crash_atom::value);
    settle();
    crowd = ask<std::vector<child_info>>(top, which_children_call{}).at(0).actor;
  }
  CHECK(crowd != before);
  CHECK(active() == 0);
}

TEST_CASE_FIXTURE(dynamic_world, "dynamic_supervisor: kills the stubborn, all under one timer") {
  for (int i = 0; i < 3; ++i)
    start(worker("s", spawns(stubborn), {.shutdown = shutdown::after(2s)}));
  start(worker("a", spawns(obedient)));
  take_seen();
  caf::anon_send_exit(top, caf::exit_reason::user_shutdown);
  settle();
  CHECK(take_seen() == events{"stopped root/crowd/a"});
  advance(5s);
  const auto last = take_seen();
  REQUIRE(last.size() == 7);
  CHECK(last.front() == "killed root/crowd/s");
  CHECK(last.back() == "stopped root/crowd");
}

TEST_CASE_FIXTURE(dynamic_world, "dynamic_supervisor: one that does not end when told is killed") {
  const auto made = start(worker("s", spawns(stubborn), {.shutdown = shutdown::after(2s)}));
  caf::scoped_actor self{system};
  self->send(crowd, terminate_dynamic_call{made.outcome->actor.id()});
  settle();
  CHECK(active() == 1);
  advance(2s);
  CHECK(active() == 0);
}

TEST_CASE_FIXTURE(dynamic_world, "dynamic_supervisor: heeds its parent and no stranger") {
  start(worker("a", spawns(obedient)));
  take_seen();
  caf::anon_send_exit(crowd, caf::exit_reason::user_shutdown);
  settle();
  CHECK(take_seen().empty());
  CHECK(active() == 1);
  CHECK(ask<supervision_answer>(top, terminate_child_call{"crowd"}).outcome);
  CHECK(take_seen() == events{"stopped root/crowd/a", "stopped root/crowd"});
}

TEST_CASE_FIXTURE(dynamic_world, "dynamic_supervisor: stands in the tree with its children") {
  start(worker("a", spawns(obedient)));
  const auto tree = ask<supervision_tree>(top, supervision_tree_call{});
  REQUIRE(tree.children.size() == 1);
  CHECK(tree.children[0].id == "crowd");
  CHECK_FALSE(tree.children[0].how);
  REQUIRE(tree.children[0].children.size() == 1);
  CHECK(tree.children[0].children[0].id == "a");
}

TEST_CASE_FIXTURE(dynamic_world, "dynamic_supervisor: what is below its supervisors is told, too") {
  const auto below = [](std::string id) {
    return supervisor_child(std::move(id),
      {.how = strategy::rest_for_one,
        .children = {worker("x", spawns(obedient)), worker("y", spawns(obedient))}},
      {});
  };
  start(below("first"));
  start(worker("a", spawns(obedient)));
  start(dynamic_supervisor_child("second", {}, {}));
  start(below("third"));
  auto tree = ask<supervision_tree>(top, supervision_tree_call{}).children.at(0);
  REQUIRE(tree.children.size() == 4);
  CHECK(tree.children[0].how == strategy::rest_for_one);
  REQUIRE(tree.children[0].children.size() == 2);
  CHECK(tree.children[0].children[1].id == "y");
  CHECK(tree.children[2].children.empty());
  CHECK(tree.children[3].children.size() == 2);
  CHECK(ask<child_counts>(crowd, count_children_call{}) == child_counts{1, 4, 3, 1});

  // One for crowd itself, four for its children, one for each supervisor among them.
  tree = ask<supervision_tree>(top, supervision_tree_call{.nodes_max = 8}).children.at(0);
  REQUIRE(tree.children.size() == 4);
  CHECK(tree.children[3].children.size() == 1);
  CHECK(tree.children[3].untold == 1);
  tree = ask<supervision_tree>(top, supervision_tree_call{.nodes_max = 2}).children.at(0);
  CHECK(tree.children.size() == 1);
  CHECK(tree.untold == 3);
}

/// Promises and never answers.
caf::behavior silent(caf::stateful_actor<std::vector<caf::response_promise>>* self) {
  return {[self](supervision_tree_call) {
    auto promise = self->make_response_promise<supervision_tree>();
    self->state.push_back(promise);
    return promise;
  }};
}

TEST_CASE_FIXTURE(dynamic_world, "dynamic_supervisor: who does not answer costs only its branch") {
  child_spec mute = worker("mute", spawns(silent));
  mute.kind = child_kind::supervisor;
  start(std::move(mute));
  start(worker("a", spawns(obedient)));
  std::optional<supervision_tree> tree;
  system.spawn([&](caf::event_based_actor* self) {
    self->request(top, 60min, supervision_tree_call{}).then([&](supervision_tree& told) {
      tree = std::move(told);
    });
  });
  settle();
  CHECK_FALSE(tree);
  advance(1'500ms);
  REQUIRE(tree);
  CHECK(tree->children.at(0).children.size() == 2);
}

TEST_CASE_FIXTURE(
  dynamic_world, "dynamic_supervisor: who ends when it is asked is not waited for") {
  child_spec mute = worker("mute", spawns(silent), {.restart = restart::temporary});
  mute.kind = child_kind::supervisor;
  const caf::actor asked = start(std::move(mute)).outcome->actor;
  std::optional<supervision_tree> tree;
  system.spawn([&](caf::event_based_actor* self) {
    self->request(top, 60min, supervision_tree_call{}).then([&](supervision_tree& told) {
      tree = std::move(told);
    });
  });
  settle();
  CHECK_FALSE(tree);
  kill(asked);
  REQUIRE(tree);
  CHECK(tree->children.at(0).children.size() == 1); // as it was when the tree was drawn
}

TEST_CASE_FIXTURE(dynamic_world, "dynamic_supervisor: a hundred thousand children start and stop") {
  constexpr std::size_t count = 100'000;
  for (std::size_t i = 0; i < count; ++i)
    caf::anon_send(
      crowd, start_child_call{worker("c", spawns(obedient), {.restart = restart::temporary})});
  settle();
  CHECK(active() == count);
  const auto tree = ask<supervision_tree>(crowd, supervision_tree_call{});
  CHECK(tree.children.size() == dynamic_children_told_max);
  CHECK(tree.untold == count - dynamic_children_told_max);
  CHECK(
    ask<std::vector<child_info>>(crowd, which_children_call{}).size() == dynamic_children_told_max);
  seen.clear();
  caf::anon_send_exit(top, caf::exit_reason::user_shutdown);
  settle();
  CHECK(seen.size() == count + 1);
}

TEST_CASE_FIXTURE(dynamic_world, "dynamic_supervisor: who waits for a start hears when it ends") {
  const auto slowly_failing = [](caf::event_based_actor& self) -> start_outcome {
    return failing{std::get<started>(spawns(stubborn)(self)).actor,
      caf::make_error(caf::sec::runtime_error, std::string{"no disk"})};
  };
  caf::scoped_actor asker{system};
  auto answer = asker->request(crowd, 60min, start_child_call{worker("x", slowly_failing)});
  settle();
  caf::anon_send_exit(top, caf::exit_reason::user_shutdown);
  settle();
  answer.receive(
    [](const start_child_answer& given) {
      CHECK(given.outcome.error() ==
            supervision_error{supervision_errc::stopping,
              "the supervisor has ended: ask again when it has been started again"});
    },
    [](const caf::error& why) { FAIL(exit_text(why)); });
}

// Numbers of actors are those of a node.
TEST_CASE("dynamic_supervisor: an actor of another node is no child, whatever its number") {
  test::remote_world world;
  const auto spawn_in = [&](caf::actor_system& system) {
    return world.keep(std::get<started>(spawn_eager(system, obedient)).actor);
  };
  const caf::actor crowd =
    world.keep(std::get<started>(spawn_eager(world.near, dynamic_supervisor, restart_limit{},
                                   supervision_context{}, dynamic_limits{}, {}))
                 .actor);
  caf::scoped_actor self{world.near};
  const auto ask = [&](auto answer, auto call) {
    self->request(crowd, test::patience, std::move(call))
      .receive([&](decltype(answer)& given) { answer = std::move(given); },
        [](const caf::error& why) { FAIL(exit_text(why)); });
    return answer;
  };
  const auto add = [&] {
    return ask(start_child_answer{}, start_child_call{worker("a", spawns(obedient))})
      .outcome->actor;
  };
  caf::actor child = add();
  caf::actor its = spawn_in(world.far);
  while (its.id() != child.id())
    (its.id() < child.id() ? its : child) = its.id() < child.id() ? spawn_in(world.far) : add();
  const caf::actor stranger = world.from_near(its);
  const auto terminated = [&](const caf::actor& whom) {
    return ask(supervision_answer{}, terminate_dynamic_call{whom.id(), whom}).outcome;
  };
  CHECK(terminated(stranger).error().code == supervision_errc::not_found);
  caf::anon_send_exit(its, caf::exit_reason::kill);
  REQUIRE(test::eventually([&] { return has_ended(stranger); }));
  CHECK(terminated(stranger)); // as in OTP
  CHECK_FALSE(has_ended(child));
  CHECK(terminated(child));
  CHECK(has_ended(child));
}

} // namespace
} // namespace aiex
