#include "aiex/actors/cluster/group_scope.hpp"
#include "aiex/supervision/spawns.hpp"

#include "support/group_world.hpp"
#include "support/link_world.hpp"

#include <thread>

namespace aiex {
namespace {

using test::group_world;
using strings = std::vector<std::string>;

struct heard_world : group_world {
  using group_world::group_world;
  heard into = std::make_shared<hearing>();
  strings said() { return std::exchange(into->said, {}); }
};

TEST_CASE_FIXTURE(group_world, "groups: join and leave, all is empty again") {
  const auto one = idle();
  CHECK(join(scope, "g", {one}) == "ok");
  CHECK(*scope.members("g") == actors{one});
  CHECK(*scope.local_members("g") == actors{one});
  CHECK(scope.which_groups() == strings{"g"});
  CHECK(scope.which_local_groups() == strings{"g"});
  CHECK(leave(scope, "g", {one}) == "ok");
  CHECK(scope.members("g")->empty());
  CHECK(scope.local_members("g")->empty());
  CHECK(scope.which_groups().empty());
  CHECK(scope.which_local_groups().empty());
}

TEST_CASE_FIXTURE(group_world, "groups: joins are counted, and the dead leave") {
  const auto one = idle();
  const auto two = idle();
  CHECK(join(scope, "g", {one}) == "ok");
  CHECK(join(scope, "g", {one, one}) == "ok");
  CHECK(*scope.members("g") == actors{one, one, one});
  CHECK(leave(scope, "missing", {one}) == "not_joined");
  CHECK(leave(scope, "g", {one, one}) == "ok");
  CHECK(leave(scope, "g", {one}) == "ok");
  CHECK(scope.which_groups().empty());

  CHECK(join(scope, "g", {one}) == "ok");
  CHECK(join(scope, "g", {two}) == "ok");
  CHECK(*scope.members("g") == actors{two, one});
  kill(two);
  CHECK(*scope.members("g") == actors{one});
  CHECK(join(scope, "g", {}) == "ok");
  CHECK(join(scope, "empty", {}) == "ok");
  CHECK(leave(scope, "g", {}) == "not_joined");
  CHECK(scope.which_groups() == strings{"g"});
}

TEST_CASE_FIXTURE(group_world, "groups: who has ended before it joins leaves at once") {
  for (int i = 0; i < 20; ++i) {
    const auto one = idle();
    kill(one);
    CHECK(join(scope, "g", {one}) == "ok");
    CHECK(leave(scope, "g", {one}) == "not_joined"); // word of its end came first
    CHECK(scope.which_groups().empty());
  }
}

TEST_CASE_FIXTURE(group_world, "groups: an end that crosses a leave and a join again is one end") {
  const auto one = idle();
  join(scope, "g", {one});
  // All three are in the scope's mailbox before it handles any.
  caf::anon_send(*scope.scope(), leave_group_call{"g", {one}});
  caf::anon_send_exit(one, caf::exit_reason::kill);
  caf::anon_send(*scope.scope(), join_group_call{"g", {one}});
  settle();
  CHECK(scope.members("g")->empty());
  CHECK(scope.which_groups().empty());
}

TEST_CASE_FIXTURE(group_world, "groups: what is no actor is refused with all the list") {
  const auto one = idle();
  const caf::actor none;
  CHECK(join(scope, "g", {one, none}) == "invalid_argument");
  CHECK(leave(scope, "g", {none}) == "invalid_argument");
  CHECK(scope.which_groups().empty());
}

TEST_CASE("groups: another node's actor is refused with all the list, as a member and as monitor") {
  const test::link_node node;
  test::link_peer here;
  const auto stranger = here.link.connect(node.where(), test::patience);
  REQUIRE(stranger);
  const registry names;
  const groups scope{names};
  const auto made = spawn_eager(here.system, group_scope_behavior, group_table::limits{});
  const caf::actor served = std::get<started>(made).actor;
  names.bind(group_scope_name(default_group_scope), served);
  caf::scoped_actor self{here.system, true};
  const auto code = [&](auto answer, auto call) {
    self->request(served, test::patience, std::move(call))
      .receive([&](decltype(answer)& got) { answer = std::move(got); },
        [](const caf::error& why) { FAIL(to_string(why)); });
    return answer.outcome ? "ok" : name(answer.outcome.error().code);
  };
  const caf::actor own{self};
  using actors = std::vector<caf::actor>;
  for (const actors& who : {actors{*stranger}, {*stranger, *stranger}, {own, *stranger}}) {
    CHECK(code(group_answer{}, join_group_call{"g", who}) == "invalid_argument");
    CHECK(code(group_answer{}, leave_group_call{"g", who}) == "invalid_argument");
  }
  CHECK(scope.which_groups().empty());
  CHECK(code(group_monitored{}, monitor_group_call{*stranger, "g"}) == "invalid_argument");
  CHECK(code(group_answer{}, join_group_call{"g", {own}}) == "ok");
  CHECK(*scope.members("g") == actors{own});
  caf::anon_send_exit(served, caf::exit_reason::kill);
}

TEST_CASE_FIXTURE(heard_world, "groups: a monitor gets the members, then one word for each call") {
  const auto one = idle();
  const auto two = idle();
  join(scope, "g", {one});
  const auto ear = listener(into);
  const auto ref = *monitor(scope, ear, "g").outcome;
  CHECK(*monitor(scope, ear, "g").members == actors{one});
  join(scope, "g", {two, two, one});
  CHECK(said() == strings(2, "join g: 1 1 0"));
  leave(scope, "g", {idle(), two});
  CHECK(said() == strings(2, "leave g: 1"));
  join(scope, "h", {one});
  CHECK(said().empty());
  CHECK(demonitor(scope, ref));
  CHECK_FALSE(demonitor(scope, ref));
  CHECK_FALSE(demonitor(other, ref));
  CHECK_FALSE(demonitor(scope, {.scope = scope.scope()->id(), .number = 77}));
  kill(one);
  CHECK(said() == strings{"leave g: 0 0"});
}

TEST_CASE_FIXTURE(heard_world, "groups: a monitor of a scope gets all groups, and hears of all") {
  const auto one = idle();
  const auto two = idle();
  const auto ear = listener(into);
  CHECK(monitor_scope(other, ear).groups.empty());
  join(scope, "a", {one});
  join(scope, "b", {one, two});
  const auto made = monitor_scope(scope, ear);
  REQUIRE(made.groups.size() == 2);
  CHECK(*made.groups.at("a") == actors{one});
  CHECK(*made.groups.at("b") == actors{one, two});
  kill(one);
  CHECK(said() == strings{"leave a: 0", "leave b: 0"});
  join(scope, "c", {two});
  CHECK(said() == strings{"join c: 1"});
  CHECK(demonitor(scope, *made.outcome));
  join(scope, "c", {two});
  CHECK(said().empty());
}

TEST_CASE_FIXTURE(heard_world, "groups: one actor with three monitors, a member too, and its end") {
  const auto ear = listener(into);
  const auto first = *monitor(scope, ear, "one").outcome;
  const auto second = *monitor(scope, ear, "two").outcome;
  const auto all = *monitor_scope(scope, ear).outcome;
  join(scope, "one", {ear});
  join(scope, "two", {ear});
  CHECK(said() == strings{"join one: 0", "join one: 0", "join two: 0", "join two: 0"});
  CHECK(into->by == std::vector<group_ref>{all, first, all, second});
  const auto before = scope.scope();
  kill(ear);
  CHECK(scope.scope() == before); // the scope lives
  CHECK(scope.which_groups().empty());
  for (const group_ref& each : {first, second, all})
    CHECK_FALSE(demonitor(scope, each));
}

TEST_CASE_FIXTURE(heard_world, "groups: what a monitor was sent before it ended is not wanted") {
  group_monitors wanted;
  const group_ref one{7, 1};
  wanted.begin(one);
  CHECK(wanted.wants({.by = one, .group = "g", .who = nullptr}));
  CHECK_FALSE(wanted.wants({.by = {8, 1}, .group = "g", .who = nullptr}));
  CHECK(wanted.end(one));
  CHECK_FALSE(wanted.end(one));
  CHECK_FALSE(wanted.wants({.by = one, .group = "g", .who = nullptr}));
}

TEST_CASE_FIXTURE(group_world, "groups: scopes know nothing of each other") {
  const auto one = idle();
  join(scope, "g", {one});
  CHECK(other.members("g")->empty());
  CHECK(leave(other, "g", {one}) == "not_joined");
  join(other, "g", {one, one});
  CHECK(leave(scope, "g", {one}) == "ok");
  CHECK(other.members("g")->size() == 2);
  kill(one);
  CHECK(other.which_groups().empty());
}

TEST_CASE_FIXTURE(heard_world, "groups: a scope that is started again has lost its members") {
  const auto one = idle();
  join(scope, "g", {one});
  join(other, "g", {one});
  const auto ref = *monitor(scope, listener(into), "g").outcome;
  const auto before = *scope.scope();
  kill(before);
  REQUIRE(scope.scope());
  CHECK(*scope.scope() != before);
  CHECK(scope.members("g")->empty());
  CHECK(scope.which_groups().empty());
  CHECK(other.members("g")->size() == 1);
  CHECK_FALSE(demonitor(scope, ref));
  CHECK(join(scope, "g", {one}) == "ok");
  CHECK(*scope.members("g") == actors{one});
  CHECK(said().empty());
}

TEST_CASE_FIXTURE(group_world, "groups: a scope that is not there has no members and no answer") {
  const groups absent{names, "absent"};
  CHECK(absent.members("g")->empty());
  CHECK(absent.local_members("g")->empty());
  CHECK(absent.which_groups().empty());
  CHECK(absent.which_local_groups().empty());
  std::vector<errc> codes;
  system.spawn([&](caf::event_based_actor* self) {
    const auto note = [&codes](const auto& outcome) { codes.push_back(outcome.error().code); };
    const std::chrono::seconds patience{5};
    absent.join(self, "g", {self}, patience, note);
    absent.leave(self, "g", {self}, patience, note);
    absent.monitor(self, "g", patience, [note](const auto& answer) { note(answer.outcome); });
    absent.monitor_scope(self, patience, [note](const auto& answer) { note(answer.outcome); });
  });
  settle();
  CHECK(codes == std::vector<errc>(4, errc::not_found));

  names.bind("groups/absent", idle()); // no scope at all
  CHECK(absent.members("g")->empty());
}

TEST_CASE_FIXTURE(group_world, "groups: an actor joins, monitors and leaves by the value") {
  std::vector<std::string> trace;
  keep(system.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    const std::chrono::seconds patience{5};
    scope.monitor(self, "g", patience, [&trace](const group_monitored& answer) {
      trace.push_back("monitors " + std::to_string(answer.members->size()));
    });
    scope.join(self, "g", {self}, patience,
      [&trace](result<bool> joined) { trace.push_back(joined == true ? "joined" : "?"); });
    scope.leave(self, "h", {self}, patience,
      [&trace](result<bool> left) { trace.push_back(left == false ? "not joined" : "?"); });
    return {[&trace](const group_changed&) { trace.push_back("heard"); }};
  }));
  settle();
  CHECK(trace == strings{"monitors 0", "heard", "joined", "not joined"});
}

TEST_CASE("groups: limits are answered by name") {
  group_world world{{.groups = 1, .memberships = 2, .per_call = 2, .monitors = 1, .peers = 1}};
  const auto one = world.idle();
  CHECK(world.join(world.scope, "", {one}) == "invalid_argument");
  CHECK(world.join(world.scope, "g", {one, one, one}) == "batch_too_large");
  CHECK(world.join(world.scope, "g", {one}) == "ok");
  CHECK(world.join(world.scope, "h", {one}) == "overloaded");
  CHECK(world.join(world.scope, "g", {one, one}) == "overloaded");
  world.monitor(world.scope, one, "g");
  const auto refused = world.ask<scope_monitored>(*world.scope.scope(), monitor_scope_call{one});
  CHECK(refused.outcome.error().code == errc::overloaded);
  CHECK(refused.groups.empty());
}

TEST_CASE_FIXTURE(group_world, "groups: a list that was read stays as it was, and is shared") {
  const auto one = idle();
  join(scope, "g", {one});
  const auto before = scope.members("g");
  CHECK(scope.members("g") == before); // the same list
  join(scope, "g", {one});
  CHECK(before->size() == 1);
  CHECK(scope.members("g")->size() == 2);
}

TEST_CASE_FIXTURE(group_world, "groups: any thread reads while others join and leave") {
  const auto one = idle();
  join(scope, "always", {one});
  bool is_seen = true;
  std::thread reader{[&] {
    for (int i = 0; i < 2'000; ++i)
      is_seen = is_seen && scope.members("always")->size() == 1 && scope.members("g")->size() <= 2;
  }};
  for (int i = 0; i < 100; ++i) {
    join(scope, "g", {one, one});
    leave(scope, "g", {one, one});
  }
  reader.join();
  CHECK(is_seen);
}

TEST_CASE_FIXTURE(group_world, "groups: a member may hold the scope, both end all the same") {
  const auto holder = system.spawn(
    [this](caf::event_based_actor*) -> caf::behavior { return {[held = *scope.scope()](int) {}}; });
  join(scope, "g", {holder});
  const auto view = scope.view();
  kill(*scope.scope());
  CHECK(view->which_groups().empty()); // it has let go
  CHECK(view->members("g")->empty());
}

// Its handler may still run when it is killed.
TEST_CASE_FIXTURE(group_world, "groups: a scope that has ended takes nobody any more") {
  const auto one = idle();
  group_view view{group_table::limits{}};
  REQUIRE(view.join("g", {one}));
  view.close();
  CHECK(view.join("g", {one}).error().code == errc::stopped);
  CHECK(view.monitor(one, "g").error().code == errc::stopped);
  CHECK(view.monitor(one, std::nullopt).error().code == errc::stopped);
  CHECK(view.members("g")->empty());
  CHECK(view.which_groups().empty());
}

TEST_CASE("groups: who may not monitor has no members, but is told why") {
  group_world world{{.groups = 10, .memberships = 10, .per_call = 2, .monitors = 1, .peers = 1}};
  const auto one = world.idle();
  REQUIRE(world.join(world.scope, "g", {one}) == "ok");
  std::vector<group_monitored> answers;
  const auto begin = [&](const groups& scope) {
    world.keep(world.system.spawn([&, scope](caf::event_based_actor* self) -> caf::behavior {
      scope.monitor(self, "g", std::chrono::seconds{5},
        [&](group_monitored answer) { answers.push_back(answer); });
      return {[](int) {}};
    }));
    world.settle();
  };
  begin(world.scope);
  begin(world.scope);
  begin(groups{registry{}});
  REQUIRE(answers.size() == 3);
  CHECK(answers[0].members->size() == 1);
  CHECK(answers[1].outcome.error().code == errc::overloaded);
  CHECK(answers[2].outcome.error().code == errc::not_found);
  for (const auto& refused : {answers[1], answers[2]}) {
    REQUIRE(refused.members);
    CHECK(refused.members->empty());
  }
}

} // namespace
} // namespace aiex
