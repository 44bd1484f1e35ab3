#include "aiex/actors/flow/projection.hpp"

#include "support/projection_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test::bank;
using test::projection_world;

TEST_CASE_FIXTURE(projection_world, "event_feed: a bus that was restarted is joined again") {
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

} // namespace
} // namespace aiex
