#include "aiex/actors/cluster/group_scope.hpp"
#include "aiex/supervision/tree/spawns.hpp"

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
  caf::anon_send_exit(one, caf::exit_reason::kill); // word of it waits in the scope's mailbox
  CHECK(scope.leave("g", {one}) == true);
  CHECK(scope.join("g", {one}) == true);
  settle();
  CHECK(scope.members("g")->empty());
  CHECK(scope.which_groups().empty());
}

caf::behavior deaf(caf::event_based_actor*) {
  return {[](int) {}};
}

TEST_CASE_FIXTURE(heard_world, "groups: who is known to have ended joins, and has left, at once") {
  monitor(scope, listener(into), "g");
  const auto one = std::get<started>(spawn_eager(system, deaf)).actor;
  caf::anon_send_exit(one, caf::exit_reason::kill);
  CHECK(scope.join("g", {one}) == true);
  CHECK(scope.members("g")->empty()); // nothing has been handled yet
  CHECK(scope.leave("g", {one}) == false);
  settle();
  CHECK(into->said.size() == 2);
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
  const caf::scoped_actor self{here.system, true};
  const caf::actor own{self};
  using actors = std::vector<caf::actor>;
  for (const actors& who : {actors{*stranger}, {*stranger, *stranger}, {own, *stranger}}) {
    CHECK(scope.join("g", who).error().code == errc::invalid_argument);
    CHECK(scope.leave("g", who).error().code == errc::invalid_argument);
  }
  CHECK(scope.which_groups().empty());
  CHECK(scope.monitor(*stranger, "g").error().code == errc::invalid_argument);
  CHECK(scope.join("g", {own}) == true);
  CHECK(*scope.members("g") == actors{own});
  caf::anon_send_exit(served, caf::exit_reason::kill);
}

TEST_CASE_FIXTURE(heard_world, "groups: a monitor gets the members, then one word for each call") {
  const auto one = idle();
  const auto two = idle();
  join(scope, "g", {one});
  const auto ear = listener(into);
  const auto ref = monitor(scope, ear, "g").by;
  CHECK(*monitor(scope, ear, "g").members == actors{one});
  join(scope, "g", {two, two, one});
  CHECK(said() == strings(2, "join g: 1 1 0"));
  leave(scope, "g", {idle(), two});
  CHECK(said() == strings(2, "leave g: 1"));
  join(scope, "h", {one});
  CHECK(said().empty());
  CHECK(scope.demonitor(ref));
  CHECK_FALSE(scope.demonitor(ref));
  CHECK_FALSE(other.demonitor(ref));
  CHECK_FALSE(scope.demonitor({.scope = scope.scope()->id(), .number = 77}));
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
  CHECK(scope.demonitor(made.by));
  join(scope, "c", {two});
  CHECK(said().empty());
}

TEST_CASE_FIXTURE(heard_world, "groups: one actor with three monitors, a member too, and its end") {
  const auto ear = listener(into);
  const auto first = monitor(scope, ear, "one").by;
  const auto second = monitor(scope, ear, "two").by;
  const auto all = monitor_scope(scope, ear).by;
  join(scope, "one", {ear});
  join(scope, "two", {ear});
  CHECK(said() == strings{"join one: 0", "join one: 0", "join two: 0", "join two: 0"});
  CHECK(into->by == std::vector<group_ref>{all, first, all, second});
  const auto before = scope.scope();
  kill(ear);
  CHECK(scope.scope() == before); // the scope lives
  CHECK(scope.which_groups().empty());
  for (const group_ref& each : {first, second, all})
    CHECK_FALSE(scope.demonitor(each));
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
  const auto ref = monitor(scope, listener(into), "g").by;
  const auto before = *scope.scope();
  kill(before);
  REQUIRE(scope.scope());
  CHECK(*scope.scope() != before);
  CHECK(scope.members("g")->empty());
  CHECK(scope.which_groups().empty());
  CHECK(other.members("g")->size() == 1);
  CHECK_FALSE(scope.demonitor(ref));
  CHECK(join(scope, "g", {one}) == "ok");
  CHECK(*scope.members("g") == actors{one});
  CHECK(said().empty());
}

TEST_CASE_FIXTURE(
  group_world, "groups: a scope that is not there has no members, and is said to be absent") {
  const groups absent{names, "absent"};
  CHECK(absent.members("g")->empty());
  CHECK(absent.local_members("g")->empty());
  CHECK(absent.which_groups().empty());
  CHECK(absent.which_local_groups().empty());
  const auto one = idle();
  CHECK(absent.join("g", {one}).error().code == errc::not_found);
  CHECK(absent.leave("g", {one}).error().code == errc::not_found);
  CHECK(absent.monitor(one, "g").error().code == errc::not_found);
  CHECK(absent.monitor_scope(one).error().code == errc::not_found);
  CHECK_FALSE(absent.demonitor({.scope = scope.scope()->id(), .number = 1}));

  names.bind("groups/absent", idle()); // no scope at all
  CHECK(absent.members("g")->empty());
}

TEST_CASE_FIXTURE(group_world, "groups: an actor joins in its beginning, and hears of itself") {
  std::vector<std::string> trace;
  keep(system.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    const auto made = scope.monitor(self, "g");
    trace.push_back("monitors " + std::to_string(made->members->size()));
    trace.push_back(scope.join("g", {self}) == true ? "joined" : "?");
    trace.push_back(scope.leave("h", {self}) == false ? "not joined" : "?");
    return {[&trace](const group_changed&) { trace.push_back("heard"); }};
  }));
  settle();
  CHECK(trace == strings{"monitors 0", "joined", "not joined", "heard"});
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
  CHECK(world.scope.monitor_scope(one).error().code == errc::overloaded);
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

TEST_CASE_FIXTURE(group_world, "groups: who still holds a scope that has ended changes nothing") {
  const auto one = idle();
  const auto held = group_scope_actor::groups_of(*scope.scope());
  kill(*scope.scope());
  CHECK(held->join("g", {one}).error().code == errc::not_found);
  CHECK(held->leave("g", {one}).error().code == errc::not_found);
  CHECK(held->monitor(one, "g").error().code == errc::not_found);
  CHECK(held->monitor_scope(one).error().code == errc::not_found);
  CHECK(held->view().members("g")->empty());
}

TEST_CASE_FIXTURE(
  group_world, "groups: many threads join and leave, and monitors hear all in order") {
  constexpr int rounds = 200;
  constexpr std::size_t threads = 3;
  actors members(threads);
  std::ranges::generate(members, [this] { return idle(); });
  std::vector<int> balance;
  int now = 0;
  const auto ear = keep(system.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&](const group_changed& change) {
      const auto many = static_cast<int>(change.who->size());
      balance.push_back(now += change.what == group_change::act::join ? many : -many);
    }};
  }));
  monitor(scope, ear, "g");
  std::vector<std::thread> all;
  for (const caf::actor& each : members)
    all.emplace_back([&, each] {
      for (int i = 0; i < rounds; ++i) {
        (void)scope.join("g", {each, each});
        (void)scope.leave("g", {each, each});
      }
    });
  for (std::thread& each : all)
    each.join();
  settle();
  CHECK(balance.size() == 2 * rounds * threads);
  CHECK(std::ranges::all_of(balance, [](int members_now) { return members_now >= 0; }));
  CHECK(balance.back() == 0);
  CHECK(scope.which_groups().empty());
}

} // namespace
} // namespace aiex
