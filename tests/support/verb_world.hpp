#pragma once

#include "aiexd/gateway.hpp"
#include "support/flow_world.hpp"

#include <caf/event_based_actor.hpp>

#include <optional>
#include <utility>

namespace aiex::test {

/// A store in memory and what a gateway needs of a node, with the verbs of the test.
class verb_world : public flow_world {
public:
  explicit verb_world(std::vector<verb> verbs)
      : environment(std::make_shared<gateway_environment>(
          gateway_environment{{.node = "tested",
                                .store_id = id_of(1),
                                .history = id_of(2),
                                .events = events,
                                .models = {},
                                .aggregate_snapshots = {},
                                .names = names,
                                .clock = [] { return at_us(1'000); },
                                .make_id = [] { return id_of(3); }},
            {}, std::move(verbs)})) {}

  caf::actor spawn_gateway() {
    const caf::actor made = keep(system.spawn(gateway, environment));
    settle(); // it follows the store
    return made;
  }

  /// What became of a request: nothing until it is answered. Errors of CAF's become `stopped`.
  using under_way = std::shared_ptr<std::optional<result<gateway_reply>>>;
  under_way begin_call(const caf::actor& target, std::string name, std::string arguments = {},
    std::uint32_t deadline_ms = 0) {
    auto into = std::make_shared<std::optional<result<gateway_reply>>>();
    system.spawn([=](caf::event_based_actor* self) {
      self
        ->request(
          target, std::chrono::seconds{3'600}, gateway_request{name, arguments, deadline_ms})
        .then([into](gateway_reply& reply) { *into = to_result(std::move(reply)); },
          [into](const caf::error&) { *into = fail(errc::stopped, "no answer"); });
    });
    settle();
    return into;
  }
  result<gateway_reply> call(
    const caf::actor& target, std::string name, std::string arguments = {}) {
    const under_way answer = begin_call(target, std::move(name), std::move(arguments));
    REQUIRE(answer->has_value());
    return **answer;
  }

  registry names;
  std::shared_ptr<gateway_environment> environment;
};

} // namespace aiex::test
