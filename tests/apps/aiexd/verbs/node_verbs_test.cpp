#include "aiexd/verbs/node_verbs.hpp"
#include "support/gateway_world.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace aiex {
namespace {

using enum caller_role;

// Who may do what, once more, so that nobody changes it by mistake.
const std::map<std::string_view, caller_role> least_roles{
  {"append", writing},
  {"append_batch", writing},
  {"publish", writing},
  {"events", reading},
  {"tail", reading},
  {"dispatch", writing},
  {"state", reading},
  {"projections", reading},
  {"projection_show", reading},
  {"projection_pause", operating},
  {"projection_resume", operating},
  {"projection_skip", operating},
  {"projection_rebuild", operating},
  {"session_create", writing},
  {"session_show", reading},
  {"session_close", writing},
  {"session_archive", writing},
  {"session_list", reading},
  {"session_stats", reading},
  {"replay", reading},
  {"status", observing},
  {"store_stats", observing},
  {"store_verify", operating},
  {"store_backup", operating},
  {"cluster_status", observing},
  {"cluster_health", observing},
  {"cluster_members", observing},
  {"cluster_add", operating},
  {"cluster_remove", operating},
  {"cluster_replace", operating},
  {"cluster_transfer", operating},
  {"cluster_drain", operating},
  {"cluster_sync", reading},
  {"cluster_ping", observing},
  {"metrics", observing},
  {"doctor", observing},
  {"names", reading},
  {"groups", reading},
  {"tree", observing},
  {"ps", observing},
  {"why", reading},
  {"crash_test", reading},
  {"restart", operating},
  {"sys", operating},
  {"application_list", observing},
  {"application_start", operating},
  {"application_stop", operating},
};

TEST_CASE("node_verbs: the least role of each") {
  std::set<std::string_view> names;
  for (const verb& each : node_verbs()) {
    CAPTURE(each.name);
    CHECK(names.insert(each.name).second);
    const auto expected = least_roles.find(each.name);
    REQUIRE(expected != least_roles.end());
    CHECK(each.least.role == expected->second);
  }
  CHECK(names.size() == least_roles.size());
}

// Asked with arguments that no verb knows: who may call it is told of those, all others of roles.
TEST_CASE_FIXTURE(
  test::gateway_world, "node_verbs: each is refused with every role below its own") {
  const caf::actor behind = *services.names.find("gateway");
  for (const verb& each : environment->verbs)
    for (const caller_role has : all_roles()) {
      CAPTURE(each.name);
      CAPTURE(name(has));
      const caller from{{peer_kind::client, "ada", has}, has};
      const auto reply = ask<gateway_reply>(behind,
        caller_request{from, gateway_request{std::string{each.name}, R"({"no such key":1})", 0}});
      const bool is_denied = reply.code == static_cast<std::uint8_t>(errc::denied);
      CHECK(is_denied == !includes(has, each.least.role));
      if (is_denied) {
        CHECK(reply.message.find("needs the role " + std::string{name(each.least.role)}) !=
              std::string::npos);
        CHECK(reply.message.find("has the role " + std::string{name(has)}) != std::string::npos);
      } else {
        CHECK(reply.code == static_cast<std::uint8_t>(errc::invalid_argument));
      }
    }
}

} // namespace
} // namespace aiex
