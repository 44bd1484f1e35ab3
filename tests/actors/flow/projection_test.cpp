#include "aiex/actors/flow/bus.hpp"
#include "aiex/actors/flow/models_writer.hpp"
#include "aiex/actors/flow/projection.hpp"
#include "aiex/supervision/supervisor.hpp"

#include "support/actor_world.hpp"
#include "support/bank.hpp"
#include "support/sample_events.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test::bank;

/// Fails at withdrawals until told otherwise.
struct fussy {
  static constexpr std::string_view name = "fussy", from = "account";
  using events = aiex::list<deposited, withdrawn>;
  using state = totals::state;

  static void on(state& now, const deposited& event) { now.cents += event.cents; }
  static void on(state& now, const withdrawn&) {
    now.cents = -1; // half changed
    throw std::runtime_error{"no withdrawals"};
  }
};

/// A store in memory, a bus, a models writer and a supervisor's view of projections.
struct projection_world : test::actor_world {
  test::memory_media media;
  memory_tables model_tables;
  std::shared_ptr<event_store> events =
    std::make_shared<event_store>(std::move(*event_store::open(media.media())));
  caf::actor store_actor = system.spawn(store_writer, events,
    store_environment{[] { return test::at_us(1'000'000); }, [](const error&) {}});
  caf::actor reader = system.spawn(store_reader, std::shared_ptr<const event_store>{events});
  std::shared_ptr<bus_memory> memory = std::make_shared<bus_memory>(position{});
  node_services services = make_services();
  std::uint64_t last_id = 0;
  caf::actor bus_actor;
  caf::actor models_actor;
  std::vector<caf::actor> projections;

  projection_world() {
    start_bus();
    models_actor = system.spawn(
      models_writer, services.models, services.aggregate_snapshots, models_writer_limits{});
    services.names.bind("models", models_actor);
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
    return {"node1", {}, {}, std::move(log), std::make_shared<read_models>(model_tables.storage()),
      std::make_shared<snapshots>(model_tables.storage()), {},
      [] { return test::at_us(3'000'000); }, {}};
  }

  void start_bus() {
    bus_actor = system.spawn(bus, services.events, memory);
    services.names.bind("bus", bus_actor);
    settle();
  }

  template <class Event>
  void append(const std::string& stream, const Event& what) {
    auto stored = *encode(what);
    auto request = test::one(stream, {.id = test::id_of(++last_id),
                                       .type = std::string{stored.type},
                                       .data = stored.data,
                                       .schema = stored.schema});
    system.spawn([this, request](caf::event_based_actor* self) {
      services.events.append(
        self, request, 10s, [](const result<append_result>& done) { REQUIRE(done.has_value()); });
    });
    settle();
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

TEST_CASE_FIXTURE(projection_world, "projection: counts, saves, and goes on from there") {
  append("account-1", deposited{5});
  auto running = start<totals>();
  append("account-2", deposited{7});
  append("other-1", deposited{100});
  CHECK(info(running).state_json == R"({"cents":12})");
  advance(200ms);
  CHECK(services.models->load("totals")->value().at == position{2});
  append("account-1", withdrawn{2}); // counted and not saved
  kill(running);
  running = start<totals>();
  CHECK(info(running).state_json == R"({"cents":10})");
  CHECK(info(running).lag_events == 0);
}

TEST_CASE_FIXTURE(projection_world, "projection: rows are saved with the position") {
  auto running = start<movements>();
  for (int i = 0; i < 3; ++i)
    append("account-1", deposited{1});
  append("account-2", deposited{1});
  CHECK(ask<projection_wait_answer>(running, projection_wait_call{{4}}).outcome.has_value());
  CHECK(services.models->row("movements", 1, "account-1") == R"({"count":3})");
  kill(running);
  running = start<movements>();
  append("account-1", deposited{1});
  advance(200ms);
  CHECK(services.models->row("movements", 1, "account-1") == R"({"count":4})");
}

TEST_CASE_FIXTURE(projection_world, "projection: stops in front of what it cannot handle") {
  auto running = start<fussy>();
  append("account-1", deposited{5});
  append("account-1", withdrawn{1});
  append("account-1", deposited{7});
  auto seen = info(running);
  CHECK(seen.status == projection_status::stopped);
  CHECK(seen.state_json == R"({"cents":5})");
  CHECK(seen.lag_events == 2);
  CHECK(seen.lag_seconds == doctest::Approx(2.0));
  CHECK(seen.errors == 1);
  kill(running);
  running = start<fussy>();
  CHECK(info(running).status == projection_status::stopped);
  CHECK(control(running, projection_control::skip).has_value());
  settle();
  seen = info(running);
  CHECK(seen.status == projection_status::running);
  CHECK(seen.state_json == R"({"cents":12})");
  CHECK(seen.skipped == 1);
}

TEST_CASE_FIXTURE(projection_world, "projection: pause, resume and rebuild") {
  auto running = start<movements>();
  append("account-1", deposited{1});
  CHECK(control(running, projection_control::pause).has_value());
  append("account-1", deposited{1});
  CHECK(info(running).lag_events == 1);
  CHECK(control(running, projection_control::resume).has_value());
  settle();
  CHECK(info(running).lag_events == 0);
  CHECK(control(running, projection_control::rebuild).has_value());
  advance(200ms);
  CHECK(info(running).generation == 2);
  CHECK(services.models->row("movements", 2, "account-1") == R"({"count":2})");
  CHECK(services.models->row("movements", 1, "account-1").error().code == errc::not_found);
}

TEST_CASE_FIXTURE(projection_world, "projection: who waits is answered, or told why not") {
  auto running = start<totals>();
  const auto wait = [&](std::uint64_t until) {
    return ask<projection_wait_answer>(running, projection_wait_call{{until}}).outcome;
  };
  append("other-1", deposited{1});
  CHECK(wait(1).has_value()); // it has nothing to count there
  CHECK(wait(2).error().code == errc::invalid_history);
  append("account-1", deposited{1});
  CHECK(wait(2).has_value());
  CHECK(services.models->load("totals")->value().at == position{2});
}

TEST_CASE_FIXTURE(projection_world, "projection: a wait ends, and only so many wait") {
  auto running = start<totals>();
  CHECK(control(running, projection_control::pause).has_value());
  append("account-1", deposited{1});
  std::map<std::string, std::size_t> answers;
  system.spawn([&](caf::event_based_actor* self) {
    for (std::size_t i = 0; i <= projection_waiters_max; ++i)
      self->request(running, 60min, projection_wait_call{{1}})
        .then([&](const projection_wait_answer& got) {
          ++answers[std::string{got.outcome ? "ok" : name(got.outcome.error().code)}];
        });
  });
  settle();
  CHECK(answers == std::map<std::string, std::size_t>{{"overloaded", 1}});
  advance(projection_wait_max);
  CHECK(answers["time_out"] == projection_waiters_max);
}

TEST_CASE_FIXTURE(projection_world, "projection: a bus that was restarted is joined again") {
  auto running = start<totals>();
  append("account-1", deposited{1});
  SUBCASE("with its memory") {}
  SUBCASE("without") {
    memory = std::make_shared<bus_memory>(position{});
  }
  kill(bus_actor);
  append("account-1", deposited{2});
  start_bus();
  advance(100ms);
  append("account-1", deposited{4});
  CHECK(info(running).state_json == R"({"cents":7})");
}

TEST_CASE_FIXTURE(projection_world, "projection: as a child it is back under its name") {
  const auto outcome =
    start_supervisor(system, {.children = {projection<totals>().make(services, {})}}, {});
  settle();
  REQUIRE(std::holds_alternative<started>(outcome));
  append("account-1", deposited{5});
  advance(200ms);
  const caf::actor before = services.names.find("projection/totals").value();
  CHECK(info(before).state_json == R"({"cents":5})");
  kill(before);
  const caf::actor after = services.names.find("projection/totals").value();
  CHECK(after != before);
  append("account-1", deposited{2});
  CHECK(info(after).state_json == R"({"cents":7})");
  caf::anon_send_exit(std::get<started>(outcome).actor, caf::exit_reason::user_shutdown);
  settle();
  CHECK_FALSE(services.names.find("projection/totals"));
}

} // namespace
} // namespace aiex
