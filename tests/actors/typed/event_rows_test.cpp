#include "aiex/actors/typed/event_rows.hpp"

#include "support/bank.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace test::bank;

struct fed {
  aggregate_type type = aggregate_type_of<account>();
  any_state state = type.state.fresh();
  json_reader reader{};

  result<applied_event> feed(std::string_view name, std::uint32_t schema, std::string_view json) {
    recorded_event event;
    event.type = name;
    event.schema = schema;
    event.data = json;
    event_context context{event, reader};
    return apply_event(type.events, state.get(), context);
  }
};

TEST_CASE("event_rows: older schemas are lifted, unknown types are skipped") {
  fed world;
  CHECK(world.feed("opened", 1, R"({"name":"ann"})") == applied_event::applied);
  CHECK(
    world.feed("deposited", 1, R"({"cents":500,"note":"","cash":true})") == applied_event::applied);
  CHECK(world.feed("renamed", 1, "not even JSON") == applied_event::skipped);
  CHECK(world.type.state.save(world.state.get()) == R"({"open":true,"balance_cents":500})");
}

struct moved_v1 {
  std::string to{};

  static constexpr auto fields = aiex::fields("moved", &moved_v1::to, "to");
};

struct moved_v2 {
  std::string city{};

  static constexpr auto fields = aiex::fields("moved", aiex::schema{2}, &moved_v2::city, "city");
  using previous = moved_v1;
  static moved_v2 upcast(moved_v1 old) { return {"from 1: " + old.to}; }
};

struct moved {
  std::string town{};

  static constexpr auto fields = aiex::fields("moved", aiex::schema{3}, &moved::town, "town");
  using previous = moved_v2;
  static moved upcast(moved_v2 old) { return {"from 2: " + old.city}; }
};

struct whereabouts {
  static constexpr std::string_view name = "whereabouts", from = "person";
  using events = aiex::list<moved>;

  struct state {
    std::string town{};

    static constexpr auto fields = aiex::fields("whereabouts", &state::town, "town");
  };

  static void on(state& now, const moved& event) { now.town = event.town; }
};

TEST_CASE("event_rows: an event is lifted one schema at a time") {
  struct example {
    std::uint32_t schema;
    std::string_view json;
    std::string_view town;
  };
  const example table[] = {
    {1, R"({"to":"Ulm"})", "from 2: from 1: Ulm"},
    {2, R"({"city":"Ulm"})", "from 2: Ulm"},
    {3, R"({"town":"Ulm"})", "Ulm"},
  };
  const projection_type type = projection_type_of<whereabouts>();
  CHECK(type.events.size() == 3);
  json_reader reader;
  for (const example& row : table) {
    CAPTURE(row.schema);
    recorded_event event;
    event.type = "moved";
    event.schema = row.schema;
    event.data = row.json;
    event_context context{event, reader};
    whereabouts::state state;
    CHECK(apply_event(type.events, &state, context) == applied_event::applied);
    CHECK(state.town == row.town);
  }
}

TEST_CASE("event_rows: a known type in an unknown schema is never skipped") {
  fed world;
  const auto unknown = world.feed("opened", 3, "{}");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == errc::unknown_version);
  CHECK(unknown.error().actual == 3);
  const auto wrong = world.feed("withdrawn", 1, R"({"cents":"5"})");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == errc::invalid_data);
}

} // namespace
} // namespace aiex
