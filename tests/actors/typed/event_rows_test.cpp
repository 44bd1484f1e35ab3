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
