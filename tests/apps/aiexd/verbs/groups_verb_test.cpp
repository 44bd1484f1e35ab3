#include "aiex/actors/cluster/groups.hpp"

#include "aiexd/verbs/groups_verb.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using nlohmann::json;

/// Joins a group when it begins.
caf::behavior member(caf::event_based_actor* self, registry names) {
  invariant(groups{names}.join("workers", {self, self}).has_value(), "the worker cannot join");
  return {[](int) {}};
}

struct groups_world : test::gateway_world {
  groups_world()
      : gateway_world({group_scope("aiex"), group_scope("chat"),
          {"worker", [](const node_services& given, const supervision_context&) {
             return worker("worker", via(given.names, "worker", spawns(member, given.names)));
           }}}) {}

  void join(std::string_view scope, const group_name& group, const std::vector<caf::actor>& who) {
    REQUIRE(groups(services.names, scope).join(group, who));
  }
  caf::actor idle() {
    return keep(
      system.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; }));
  }
};

TEST_CASE_FIXTURE(groups_world, "groups verb: all groups of a scope, and the members of one") {
  const caf::actor stranger = idle();
  join("aiex", "workers", {stranger});
  join("aiex", "another", {stranger});
  CHECK(lines("groups") ==
        std::vector<json>{{{"scope", "aiex"}, {"group", "another"}, {"members", 1}, {"local", 1}},
          {{"scope", "aiex"}, {"group", "workers"}, {"members", 3}, {"local", 3}}});
  CHECK(lines("groups", {{"name", "workers"}}) ==
        std::vector<json>{{{"scope", "aiex"}, {"group", "workers"}, {"node", "node1"},
                            {"actor", services.names.find("worker")->id()},
                            {"path", "aiexd/worker"}, {"joined", 2}},
          {{"scope", "aiex"}, {"group", "workers"}, {"node", "node1"}, {"actor", stranger.id()},
            {"path", ""}, {"joined", 1}}});
  CHECK(lines("groups", {{"name", "absent"}}).empty());
  CHECK(lines("names", {{"kind", "groups"}, {"prefix", "wo"}}) ==
        std::vector<json>{{{"name", "workers"}}});
  CHECK(lines("groups", {{"scope", "chat"}}).empty());
  join("chat", "room", {stranger});
  CHECK(lines("groups", {{"scope", "chat"}})[0]["group"] == "room");
}

TEST_CASE_FIXTURE(groups_world, "groups verb: what cannot be is refused by name") {
  struct example {
    json arguments;
    errc code;
    const char* says;
  };
  const example table[] = {
    {{{"scope", "absent"}}, errc::not_found, "aiex, chat"},
    {{{"scope", ""}}, errc::not_found, "aiex, chat"},
    {{{"name", ""}}, errc::invalid_argument, "name of a group"},
    {{{"name", 7}}, errc::invalid_argument, "name"},
    {{{"scop", "chat"}}, errc::invalid_argument, "scope"},
    {{{"name", "workers"}, {"cursor", "x"}}, errc::invalid_history, "cursor"},
    {{{"name", "workers"}, {"cursor", "0:1x"}}, errc::invalid_history, "cursor"},
  };
  for (const example& row : table) {
    const std::string arguments = row.arguments.dump();
    CAPTURE(arguments);
    const error refused = refusal("groups", row.arguments);
    CHECK(refused.code == row.code);
    CHECK(refused.message.find(row.says) != std::string::npos);
  }
  kill(*groups{services.names}.scope()); // and is back
  CHECK(lines("groups").empty());
}

TEST_CASE_FIXTURE(groups_world, "groups verb: groups and members come in pages") {
  const auto follow = [this](json arguments) {
    std::vector<std::size_t> sizes;
    std::string next;
    do {
      if (!next.empty())
        arguments["cursor"] = next;
      sizes.push_back(lines("groups", arguments).size());
      next = reply("groups", arguments).next;
    } while (!next.empty());
    return sizes;
  };
  for (std::size_t i = 0; i <= groups_per_page_max; ++i) {
    const caf::actor each = idle();
    join("chat", "room-" + std::to_string(i), {each});
    join("chat", "all", {each});
  }
  using sizes = std::vector<std::size_t>;
  CHECK(follow({{"scope", "chat"}}) == sizes{groups_per_page_max, 2});
  CHECK(follow({{"scope", "chat"}, {"name", "all"}}) == sizes{groups_per_page_max, 1});
}

} // namespace
} // namespace aiex
