#include "aiex/actors/runtime/message_types.hpp"
#include "aiex/actors/runtime/profile.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/defaults.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

namespace aiex {
namespace {

using namespace std::chrono_literals;

// Read back the way CAF reads them: a wrong type or name would silently leave CAF's default.
TEST_CASE("profile: a node's settings are the ones CAF will read") {
  caf::actor_system_config config;
  REQUIRE(configure_node(config, {.messages_per_turn = 77, .heartbeat_interval = 250ms}));
  CHECK(get_or(config, "scheduler.policy", caf::atom("default")) == caf::atom("sharing"));
  CHECK(get_or(config, "scheduler.max-threads", std::size_t{0}) ==
        std::max<std::size_t>(workers_min, std::thread::hardware_concurrency()));
  CHECK(get_or(config, "scheduler.max-throughput", std::size_t{0}) == 77);
  CHECK(get_or(config, "middleman.workers", std::size_t{9}) == 0);
  CHECK_FALSE(get_or(config, "middleman.enable-automatic-connections", true));
  CHECK(get_or(config, "middleman.heartbeat-interval", caf::timespan{0}) == 250ms);
  CHECK(get_or(config, "middleman.connection-timeout", caf::timespan{0}) == 2s);
  CHECK(get_or(config, "middleman.app-identifiers", std::vector<std::string>{}) ==
        std::vector<std::string>{std::string(link_protocol)});

  caf::actor_system system{config};
  CHECK(system.has_middleman());
  CHECK(system.scheduler().num_workers() >= workers_min);
}

TEST_CASE("profile: a client has one worker unless it wishes for more") {
  caf::actor_system_config config;
  REQUIRE(configure_client(config));
  CHECK(get_or(config, "scheduler.max-threads", std::size_t{0}) == 1);
  CHECK(get_or(config, "middleman.attach-utility-actors", false)); // no thread to wait for
  caf::actor_system_config larger;
  REQUIRE(configure_client(larger, {.workers = 3}));
  CHECK(get_or(larger, "scheduler.max-threads", std::size_t{0}) == 3);
}

TEST_CASE("profile: refuses what would leave a dead peer unnoticed") {
  struct example {
    const char* name;
    profile wishes;
  };
  const example table[] = {
    {"no heartbeat", {.heartbeat_interval = 0ms}},
    {"a negative heartbeat", {.heartbeat_interval = -1ms}},
    {"no time-out", {.connection_timeout = 0ms}},
    {"one lost heartbeat kills", {.heartbeat_interval = 500ms, .connection_timeout = 999ms}},
    {"no turn", {.messages_per_turn = 0}},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    caf::actor_system_config config;
    const auto filled = configure_node(config, row.wishes);
    REQUIRE_FALSE(filled);
    CHECK(filled.error().code == errc::invalid_argument);
    CHECK(config.module_factories.empty());
  }
}

TEST_CASE("message_types: every field crosses the wire") {
  caf::actor_system_config config;
  REQUIRE(configure_client(config));
  caf::actor_system system{config};
  const auto crossed = [&](auto value) {
    auto message = caf::make_message(value);
    std::vector<char> bytes;
    caf::binary_serializer sink{system.dummy_execution_unit(), bytes};
    REQUIRE_FALSE(sink(message));
    caf::message received;
    caf::binary_deserializer source{system.dummy_execution_unit(), bytes};
    REQUIRE_FALSE(source(received));
    REQUIRE(received.match_elements<decltype(value)>());
    return received.get_as<decltype(value)>(0) == value;
  };
  CHECK(crossed(frame{std::string("\0\1\xff", 3)}));
  CHECK(crossed(gateway_hello{7, "aiex 0.1.0"}));
  CHECK(crossed(gateway_welcome{7, "a", "0.1.0"}));
  CHECK(crossed(gateway_request{"append", R"({"a":1})", 5'000}));
  CHECK(crossed(gateway_reply{40, "m", 9, reply_format::lines, "b\n", "cursor"}));
}

} // namespace
} // namespace aiex
