#pragma once

#include "aiex/actors/flow/aggregates.hpp"
#include "aiex/actors/flow/bus.hpp"
#include "aiex/actors/flow/crash_ledger.hpp"
#include "aiex/actors/flow/models_writer.hpp"
#include "aiex/actors/flow/projection.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "aiexd/gateway.hpp"
#include "aiexd/verbs/node_verbs.hpp"
#include "support/flow_world.hpp"

#include <caf/event_based_actor.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

/// A node without files, threads and a link: its store in memory, its parts in a tree, and the
/// gateway, asked as a client would ask it.
class gateway_world : public flow_world {
public:
  using json = nlohmann::json;

  explicit gateway_world(std::vector<node_part> parts = {})
      : services{.node = "node1",
          .store_id = id_of(1),
          .history = id_of(2),
          .events = events,
          .models = std::make_shared<read_models>(model_tables.storage()),
          .aggregate_snapshots = std::make_shared<snapshots>(model_tables.storage()),
          .names = {},
          .clock = [now = wall_clock] { return *now; },
          .make_id = [last = std::make_shared<std::uint64_t>(5'000)] { return id_of(++*last); }} {
    environment = std::make_shared<gateway_environment>(
      gateway_environment{services, {.folder = "no-folder", .started_at = {}}, node_verbs()});
    start(std::move(parts));
  }
  ~gateway_world() { kill(top); }
  gateway_world(const gateway_world&) = delete;
  gateway_world& operator=(const gateway_world&) = delete;

  /// What becomes of a request whose client waits for so long; 0: it does not say.
  std::shared_ptr<std::optional<gateway_reply>> begin(
    std::string verb, const json& arguments, std::chrono::milliseconds deadline) {
    auto into = std::make_shared<std::optional<gateway_reply>>();
    gateway_request request{
      std::move(verb), arguments.dump(), static_cast<std::uint32_t>(deadline.count())};
    system.spawn([=, gateway = *services.names.find("gateway")](caf::event_based_actor* self) {
      self->request(gateway, std::chrono::seconds{3'600}, request)
        .then([into](gateway_reply& given) { *into = std::move(given); }, [](const caf::error&) {});
    });
    settle();
    return into;
  }
  gateway_reply reply(std::string verb, const json& arguments = json::object()) {
    return ask<gateway_reply>(
      *services.names.find("gateway"), gateway_request{std::move(verb), arguments.dump(), 0});
  }
  /// The answer's object; an error fails the test.
  json object(const std::string& verb, const json& arguments = json::object()) {
    const auto answer = to_result(reply(verb, arguments));
    if (!answer)
      FAIL(answer.error().message);
    return json::parse(answer->body);
  }
  std::vector<json> lines(const std::string& verb, const json& arguments = json::object()) {
    const auto answer = to_result(reply(verb, arguments));
    if (!answer)
      FAIL(answer.error().message);
    std::vector<json> all;
    std::istringstream text{answer->body};
    for (std::string line; std::getline(text, line);)
      all.push_back(json::parse(line));
    return all;
  }
  /// The refusal; an answer fails the test.
  error refusal(const std::string& verb, const json& arguments = json::object()) {
    auto answer = to_result(reply(verb, arguments));
    if (answer)
      FAIL(answer->body);
    return std::move(answer.error());
  }

  memory_tables model_tables; // above what uses it
  std::shared_ptr<timestamp> wall_clock = std::make_shared<timestamp>(at_us(3'000'000));
  node_services services;
  gateway_environment_pointer environment;
  std::shared_ptr<crash_ledger_memory> crashes =
    std::make_shared<crash_ledger_memory>(services.clock, services.make_id);
  supervision_context context{observer_of(crashes), "aiexd"};
  caf::actor top;

private:
  void start(std::vector<node_part> parts) {
    supervisor_spec spec;
    spec.limit = {100, std::chrono::seconds{1}};
    const auto named = [this](const char* name, start_function begin) {
      return worker(name, via(services.names, name, std::move(begin)));
    };
    spec.children = {
      named("models", spawns(models_writer, services.models, services.aggregate_snapshots,
                        models_writer_limits{}, on_models_failure{})),
      named("bus", spawns(bus, services.events, std::make_shared<bus_memory>(position{}))),
      named("gateway", spawns(gateway, environment)),
      named("ledger", spawns(crash_ledger, services, crashes)),
    };
    for (const node_part& each : parts)
      spec.children.push_back(each.make(services, context));
    auto outcome = start_supervisor(system, std::move(spec), context);
    settle();
    REQUIRE(std::holds_alternative<started>(outcome));
    top = std::get<started>(outcome).actor;
    services.names.bind("top", top);
  }
};

} // namespace aiex::test
