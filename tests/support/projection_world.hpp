#pragma once

#include "aiex/actors/flow/bus.hpp"
#include "aiex/actors/flow/models_writer.hpp"
#include "aiex/actors/flow/projection.hpp"

#include "support/actor_world.hpp"
#include "support/bank.hpp"
#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

/// Like totals, but withdrawals throw as often as a test says, half way through.
template <failure_policy Policy>
struct moody {
  static constexpr std::string_view name = Policy == failure_policy::stop   ? "stopping"
                                           : Policy == failure_policy::skip ? "skipping"
                                                                            : "retrying";
  static constexpr std::string_view from = "account";
  static constexpr aiex::projection_options options{.on_failure = Policy, .retries_max = 3};
  using events = aiex::list<bank::deposited, bank::withdrawn>;
  using state = bank::totals::state;

  static inline int failures_left = 0; ///< Each test sets it.

  static void on(state& now, const bank::deposited& event) { now.cents += event.cents; }
  static void on(state& now, const bank::withdrawn& event) {
    const auto before = std::exchange(now.cents, -1);
    if (failures_left-- > 0)
      throw std::runtime_error{"no withdrawals"};
    now.cents = before - event.cents;
  }
};
inline constexpr int always = 1'000'000;

/// A store in memory, a bus, a models writer and a supervisor's view of projections.
struct projection_world : actor_world {
  memory_media media;
  memory_tables model_tables;
  std::function<void()> before_write; ///< Of read models; what it throws, the writer throws.
  std::function<void()> after_write;  ///< It is durable, and nobody has heard of it.
  std::shared_ptr<event_store> events =
    std::make_shared<event_store>(std::move(*event_store::open(media.media())));
  caf::actor store_actor = system.spawn(
    store_writer, events, store_environment{[] { return at_us(1'000'000); }, [](const error&) {}});
  caf::actor reader = system.spawn(store_reader, std::shared_ptr<const event_store>{events});
  std::shared_ptr<bus_memory> memory = std::make_shared<bus_memory>(position{});
  node_services services = make_services();
  std::uint64_t last_id = 0;
  caf::actor bus_actor;
  caf::actor models_actor;
  std::vector<caf::actor> projections;

  projection_world() {
    start_bus();
    start_models_writer();
  }

  /// They know each other, so that none would ever end by itself.
  ~projection_world() {
    for (const caf::actor& each : projections)
      kill(each);
    for (const caf::actor& each : {bus_actor, models_actor, reader, store_actor})
      kill(each);
  }

  node_services make_services() {
    store log{store_actor, {reader}, events, std::make_shared<append_gate>()};
    ordered_tables tables = model_tables.storage();
    tables.write = [this, inner = tables.write](
                     durability how, function_ref<result<void>(table_writer&)> change) {
      if (before_write)
        before_write();
      auto done = inner(how, change);
      if (after_write)
        after_write();
      return done;
    };
    return {"node1", {}, {}, std::move(log), std::make_shared<read_models>(std::move(tables)),
      std::make_shared<snapshots>(model_tables.storage()), {}, [] { return at_us(3'000'000); }, {}};
  }

  void start_models_writer(models_writer_limits most = {}) {
    models_actor = system.spawn(
      models_writer, services.models, services.aggregate_snapshots, most, on_models_failure{});
    services.names.bind("models", models_actor);
  }

  void start_bus() {
    bus_actor = system.spawn(bus, services.events, memory);
    services.names.bind("bus", bus_actor);
    settle();
  }

  void append_stored(const std::string& stream, encoded stored) {
    auto request = one(stream, {.id = id_of(++last_id),
                                 .type = std::move(stored.type),
                                 .data = std::move(stored.data),
                                 .schema = stored.schema});
    system.spawn([this, request](caf::event_based_actor* self) {
      services.events.append(self, request, std::chrono::seconds{10},
        [](const result<append_result>& done) { REQUIRE(done.has_value()); });
    });
    settle();
  }

  template <class Event>
  void append(const std::string& stream, const Event& what) {
    append_stored(stream, *encode(what));
  }

  /// Time passes in steps, so that what is due later because of what was due now is done, too.
  void let_pass(std::chrono::milliseconds time) {
    constexpr std::chrono::milliseconds step{50};
    for (auto passed = step; passed <= time; passed += step)
      advance(step);
  }

  /// The machine loses power, and the node comes back.
  void lose_power() {
    for (const caf::actor& each : std::exchange(projections, {}))
      kill(each);
    kill(models_actor);
    model_tables.crash();
    services = make_services();
    services.names.bind("bus", bus_actor);
    start_models_writer();
  }

  template <class Projection>
  caf::actor start() {
    auto made = system.spawn(projection_actor, projection_type_of<Projection>(), services);
    projections.push_back(made);
    settle();
    return made;
  }

  projection_info info(const caf::actor& of) {
    return ask<projection_info>(of, projection_info_call{});
  }
  result<void> control(const caf::actor& of, projection_control what) {
    return ask<projection_control_answer>(of, projection_control_call{what}).outcome;
  }
};

} // namespace aiex::test
