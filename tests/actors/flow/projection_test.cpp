#include "aiex/actors/flow/projection.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/projection_world.hpp"

#include <doctest/doctest.h>

#include <string>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test::bank;
using stopping = test::moody<failure_policy::stop>;
using retrying = test::moody<failure_policy::retry>;
using test::projection_world;

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
  stopping::failures_left = test::always;
  auto running = start<stopping>();
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
  running = start<stopping>();
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

// What an operator says to a projection in each of its states, and where it stands then.
TEST_CASE_FIXTURE(projection_world, "projection: a long lag is counted so far, and says so") {
  auto running = start<totals>();
  CHECK(control(running, projection_control::pause).has_value());
  const auto append_many = [&](std::uint64_t count) {
    append_request many = test::one("account-1", {});
    many.parts[0].events.clear();
    while (count-- > 0)
      many.parts[0].events.push_back(
        {.id = test::id_of(++last_id), .type = "deposited", .data = R"({"cents":1})"});
    const append_request* const group[] = {&many};
    REQUIRE(events->append(group, test::at_us(1'000'000)).front());
  };
  for (std::uint64_t left = lag_events_max; left > 0; left -= 500)
    append_many(500);
  CHECK(info(running).lag_events == lag_events_max);
  CHECK_FALSE(info(running).lag_is_more);
  append_many(1);
  CHECK(info(running).lag_events == lag_events_max);
  CHECK(info(running).lag_is_more);
}

TEST_CASE("projection: pause, resume, rebuild and skip in all states") {
  using enum projection_status;
  struct row {
    const char* state;
    projection_control said;
    bool is_accepted;
    projection_status then;
    std::uint64_t generation;
    std::uint64_t errors;
  };
  const auto pause = projection_control::pause;
  const auto resume = projection_control::resume;
  const auto rebuild = projection_control::rebuild;
  const auto skip = projection_control::skip;
  const std::vector<row> rows{
    {"running", pause, true, paused, 1, 0},
    {"running", resume, false, running, 1, 0},
    {"running", rebuild, true, running, 2, 0},
    {"running", skip, false, running, 1, 0},
    {"paused", pause, true, paused, 1, 0},
    {"paused", resume, true, running, 1, 0},
    {"paused", rebuild, true, running, 2, 0},
    {"paused", skip, false, paused, 1, 0},
    {"stopped", pause, false, stopped, 1, 4},
    {"stopped", resume, true, running, 1, 5}, // it tries again, and fails for the first time again
    {"stopped", rebuild, true, running, 2, 1},
    {"stopped", skip, true, running, 1, 4},
    {"waiting", pause, true, paused, 1, 1},
    {"waiting", resume, true, running, 1, 2},
    {"waiting", rebuild, true, running, 2, 1},
    {"waiting", skip, false, running, 1, 1},
  };
  for (const row& each : rows) {
    CAPTURE(each.state);
    CAPTURE(static_cast<int>(each.said));
    projection_world world;
    const std::string state = each.state;
    retrying::failures_left = state == "stopped" || state == "waiting" ? test::always : 0;
    const auto it = world.start<retrying>();
    world.append("account-1", deposited{5});
    world.append("account-1", withdrawn{1});
    world.append("account-1", deposited{7});
    if (state == "stopped")
      world.let_pass(1s);
    if (state == "paused")
      REQUIRE(world.control(it, pause).has_value());
    CHECK(world.control(it, each.said).has_value() == each.is_accepted);
    world.settle();
    const projection_info seen = world.info(it);
    CHECK(seen.status == each.then);
    CHECK(seen.generation == each.generation);
    CHECK(seen.errors == each.errors);

    // Whatever was said: with the trouble gone, each event counts once.
    retrying::failures_left = 0;
    if (seen.status != running)
      REQUIRE(world.control(it, resume).has_value());
    world.let_pass(1s);
    const bool is_skipped = each.said == skip && each.is_accepted;
    CHECK(world.info(it).state_json == (is_skipped ? R"({"cents":12})" : R"({"cents":11})"));
    CHECK(world.info(it).skipped == (is_skipped ? 1 : 0));
    CHECK(world.info(it).lag_events == 0);
  }
}

/// Models writer and projection as children.
struct supervised_world : projection_world {
  supervised_world() {
    kill(models_actor);
    const auto outcome = start_supervisor(system,
      {.limit = {.intensity = 3, .period = 5s},
        .children = {worker("models",
                       via(services.names, "models",
                         spawns(models_writer, services.models, services.aggregate_snapshots,
                           models_writer_limits{}, on_models_failure{}))),
          projection<totals>().make(services, {})}},
      {});
    top = std::get<started>(outcome).actor;
    settle();
  }
  ~supervised_world() {
    caf::anon_send_exit(top, caf::exit_reason::user_shutdown);
    settle();
  }

  caf::actor named(std::string_view name) { return services.names.find(name).value(); }

  caf::actor top;
};

TEST_CASE_FIXTURE(supervised_world, "projection: through an end of the models writer") {
  const caf::actor first_writer = named("models");
  append("account-1", deposited{5});
  advance(200ms);
  append("account-1", deposited{7});
  const auto die_in_next = [this](std::function<void()>& where) {
    where = [&where] {
      where = nullptr;
      throw std::runtime_error{"the writer dies"};
    };
    advance(200ms); // the save is due
  };
  SUBCASE("before the save is durable") {
    die_in_next(before_write);
  }
  SUBCASE("after it, before the answer") {
    die_in_next(after_write);
  }
  SUBCASE("while it waits for nothing") {
    advance(200ms);
    kill(first_writer);
  }
  let_pass(1s);
  CHECK(named("models") != first_writer);
  append("account-1", withdrawn{2});
  CHECK(info(named("projection/totals")).state_json == R"({"cents":10})");
  advance(200ms);
  CHECK(services.models->load("totals")->value().at == position{3});
  CHECK(services.models->load("totals")->value().state == R"({"cents":10})");
}

TEST_CASE_FIXTURE(projection_world, "projection: a save that is refused is made later") {
  start_models_writer({.saves = 0});
  const auto it = start<movements>();
  append("account-1", deposited{5});
  append("account-1", deposited{7});
  advance(200ms);
  CHECK(info(it).errors == 1);
  CHECK_FALSE(services.models->load("movements")->has_value());
  start_models_writer();
  let_pass(1s);
  CHECK(info(it).status == projection_status::running);
  CHECK(services.models->row("movements", 1, "account-1") == R"({"count":2})");
}

TEST_CASE_FIXTURE(projection_world, "projection: a loss of power loses nothing and counts once") {
  start<movements>();
  append("account-1", deposited{5});
  append("account-1", deposited{7});
  advance(200ms);
  append("account-1", deposited{1}); // counted, and not saved
  lose_power();
  start<movements>();
  append("account-1", deposited{1});
  advance(200ms);
  CHECK(services.models->load("movements")->value().at == position{4});
  CHECK(services.models->row("movements", 1, "account-1") == R"({"count":4})");
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
