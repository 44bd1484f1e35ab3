#include "aiex/supervision/tree/dynamic_supervisor.hpp"

#include "aiexd/verbs/restart_verb.hpp"
#include "support/bank.hpp"
#include "support/fragile_part.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct restart_world : test::gateway_world {
  restart_world()
      : gateway_world({supervisor("bank", strategy::one_for_one, {10, 60s},
                         {aggregates<test::bank::account>(), projection<test::bank::totals>(),
                           test::fragile_part("twin")}),
          supervisor("spare", strategy::one_for_one, {10, 60s}, {test::fragile_part("twin")})}) {}

  std::uint64_t actor_of(const std::string& path) {
    for (const json& each : lines("ps"))
      if (each["name"] == path)
        return each["id"];
    return 0;
  }
};

TEST_CASE_FIXTURE(restart_world, "ps: all that runs, by path") {
  std::vector<std::string> names;
  for (const json& each : lines("ps")) {
    names.push_back(each["name"]);
    CHECK(each["status"] == "running");
    CHECK(each["restarts"] == 0);
  }
  CHECK(names.front() == "aiexd");
  CHECK(std::find(names.begin(), names.end(), "aiexd/bank/aggregates/account/live") != names.end());
  CHECK(lines("ps").front()["kind"] == "supervisor");
}

TEST_CASE_FIXTURE(restart_world, "ps and tree: the same words for the same thing") {
  const json tree = object("tree");
  const json list = lines("ps");
  CHECK(tree["name"] == "aiexd");
  CHECK(tree["name"] == list.front()["name"]);
  CHECK(tree["actor"] == list.front()["actor"]);
  CHECK(tree["id"] == tree["name"]); // what scripts may use
  CHECK(list.front()["id"] == list.front()["actor"]);
}

TEST_CASE_FIXTURE(restart_world, "restart: a child is another actor then, its siblings are not") {
  const std::string path = "aiexd/bank/totals";
  const auto before = actor_of(path);
  const auto sibling = actor_of("aiexd/bank/twin");
  CHECK(object("restart", {{"child", "totals"}, {"dry_run", true}}) ==
        json{{"child", path}, {"restarted", false}, {"dry_run", true}});
  CHECK(actor_of(path) == before);
  CHECK(object("restart", {{"child", "totals"}}) == json{{"child", path}, {"restarted", true}});
  CHECK(actor_of(path) != before);
  CHECK(actor_of(path) != 0);
  CHECK(actor_of("aiexd/bank/twin") == sibling);
  CHECK(lines("why", {{"child", "totals"}}).empty()); // an order is no crash
  CHECK(object("projection_show", {{"name", "totals"}})["status"] == "running");
}

TEST_CASE_FIXTURE(restart_world, "restart: a supervisor with all below it") {
  const auto before = actor_of("aiexd/bank/totals");
  CHECK(object("restart", {{"child", "bank"}})["restarted"] == true);
  CHECK(actor_of("aiexd/bank/totals") != before);
}

TEST_CASE_FIXTURE(restart_world, "restart: an aggregate is stopped, the next call starts it") {
  const json open{{"category", "account"}, {"id", "42"}, {"command", "open"},
    {"data", {{"owner", "ann"}, {"currency", "eur"}}}};
  object("dispatch", open);
  const std::string path = "aiexd/bank/aggregates/account/live/42";
  CHECK(actor_of(path) != 0);
  CHECK(object("restart", {{"child", "42"}}) ==
        json{{"child", path}, {"restarted", false}, {"stopped", true}});
  CHECK(actor_of(path) == 0);
  CHECK(object("state", {{"category", "account"}, {"id", "42"}})["version"] == 2);
  CHECK(actor_of(path) != 0);
}

TEST_CASE_FIXTURE(restart_world, "restart: of more aggregates than a list tells") {
  for (std::size_t i = 0; i <= dynamic_children_told_max; ++i)
    object("dispatch", {{"category", "account"}, {"id", std::to_string(i) + "-th"},
                         {"command", "open"}, {"data", {{"owner", "ann"}, {"currency", "eur"}}}});
  const std::string path = "aiexd/bank/aggregates/account/live/0-th"; // the oldest
  REQUIRE(actor_of(path) != 0);
  CHECK(object("restart", {{"child", path}})["stopped"] == true);
  CHECK(actor_of(path) == 0);
}

/// A dynamic supervisor of supervisors.
node_part pool_part() {
  return {"pool", [](const node_services& services, const supervision_context& parent) {
            child_spec pool = dynamic_supervisor_child("pool", {10, 60s}, parent);
            pool.start = via(services.names, "pool", std::move(pool.start));
            return pool;
          }};
}

TEST_CASE("restart: below one of more supervisors than a list tells") {
  test::gateway_world world{{pool_part()}};
  const caf::actor pool = *world.services.names.find("pool");
  const supervision_context below_pool{world.context.observe, "aiexd/pool"};
  for (std::size_t i = 0; i <= dynamic_children_told_max; ++i) {
    supervisor_spec spec;
    spec.children.push_back(worker("w", spawns(test::fragile)));
    const auto answer = world.ask<start_child_answer>(
      pool, start_child_call{supervisor_child(std::to_string(i), std::move(spec), below_pool)});
    REQUIRE(answer.outcome);
  }
  CHECK(world.object("restart", {{"child", "pool/0/w"}})["restarted"] == true); // the oldest
  CHECK(world.object("sys", {{"child", "pool/0/w"}, {"what", "statistics"}})["handled"] == 0);
  const error why = world.refusal("restart", {{"child", "pool/1000/w"}});
  CHECK(why.code == errc::not_found);
  CHECK(why.message.find("but for 1 for which it has no room") != std::string::npos);
}

TEST_CASE_FIXTURE(restart_world, "restart: refuses what is not one, and what carries the node") {
  CHECK(refusal("restart", {{"child", "absent"}}).code == errc::not_found);
  const error twins = refusal("restart", {{"child", "twin"}});
  CHECK(twins.code == errc::invalid_argument);
  CHECK(twins.message.find("aiexd/bank/twin, aiexd/spare/twin") != std::string::npos);
  CHECK(object("restart", {{"child", "spare/twin"}})["restarted"] == true);
  for (const char* child : {"aiexd", "gateway"})
    CHECK(refusal("restart", {{"child", child}}).code == errc::refused);
  CHECK(carries_node("aiexd/store"));
  CHECK(carries_node("aiexd/store/writer"));
  CHECK_FALSE(carries_node("aiexd/bank/store"));
  CHECK_FALSE(carries_node("aiexd/storeroom"));
}

TEST_CASE("restart: a child that cannot be started again says why") {
  const auto is_broken = std::make_shared<bool>(false);
  test::gateway_world world{
    {{"moody", [is_broken](const node_services&, const supervision_context&) {
        return worker("moody", [is_broken](caf::event_based_actor& above) -> start_outcome {
          if (*is_broken)
            return caf::make_error(caf::sec::runtime_error, "no such disk");
          return spawns(test::fragile)(above);
        });
      }}}};
  *is_broken = true;
  const error why = world.refusal("restart", {{"child", "moody"}});
  CHECK(why.code == errc::stopped);
  CHECK(why.message.find("no such disk") != std::string::npos);
  *is_broken = false; // one that does not run is started
  CHECK(world.object("restart", {{"child", "moody"}})["restarted"] == true);
}

} // namespace
} // namespace aiex
