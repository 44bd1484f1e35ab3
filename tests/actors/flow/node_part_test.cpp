#include "aiex/actors/flow/node_part.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/flow_world.hpp"

#include <caf/stateful_actor.hpp>
#include <doctest/doctest.h>

namespace aiex {

namespace {

struct nothing {};
using idle_actor = caf::stateful_actor<nothing>;

caf::behavior idle(idle_actor*, std::shared_ptr<std::vector<std::string>> seen, std::string path) {
  seen->push_back(std::move(path));
  return {[](int) {}};
}

/// A child that says, when it starts, which path its supervisor has.
node_part part_of(std::string id, std::shared_ptr<std::vector<std::string>> seen) {
  return {id, [id, seen](const node_services& services, const supervision_context& parent) {
            return worker(id, via(services.names, id, spawns(idle, seen, parent.path + "/" + id)));
          }};
}

} // namespace

TEST_CASE("parts become children under the supervisors that stand around them") {
  test::flow_world world;
  node_services services{"node1", {}, {}, world.events, nullptr, nullptr, registry{},
    [] { return test::at_us(1); }, [] { return test::id_of(1); }};
  auto seen = std::make_shared<std::vector<std::string>>();
  const node_part tree =
    supervisor("bank", strategy::rest_for_one, {.intensity = 3, .period = std::chrono::seconds{5}},
      {part_of("first", seen),
        supervisor("inner", strategy::one_for_all, {}, {part_of("second", seen)})});
  CHECK(tree.id == "bank");

  auto outcome =
    start_supervisor(world.system, {.children = {tree.make(services, {{}, "node"})}}, {{}, "node"});
  const caf::actor top = world.keep(std::get<started>(outcome).actor);
  CHECK(*seen == std::vector<std::string>{"node/bank/first", "node/bank/inner/second"});
  CHECK(services.names.names() == std::vector<std::string>{"first", "second"});

  const auto drawn = world.ask<supervision_tree>(top, supervision_tree_call{});
  REQUIRE(drawn.children.size() == 1);
  const supervision_tree& bank = drawn.children.front();
  CHECK(bank.id == "bank");
  CHECK(bank.how == strategy::rest_for_one);
  REQUIRE(bank.children.size() == 2);
  CHECK(bank.children[0].id == "first");
  CHECK(bank.children[1].how == strategy::one_for_all);
  REQUIRE(bank.children[1].children.size() == 1);
  CHECK(bank.children[1].children[0].id == "second");
}

} // namespace aiex
