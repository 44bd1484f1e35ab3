#include "aiex/actors/flow/append_gate.hpp"

#include "support/sample_events.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using test::id_of;
using test::one;

append_request sized(std::size_t bytes) {
  return one("s", {.id = id_of(1), .type = "t", .data = std::string(bytes - 1, '1')});
}

TEST_CASE(
  "append_gate: it lets in as many appends and bytes as may wait, and one large one alone") {
  const auto gate = std::make_shared<append_gate>(append_gate::limit{.appends = 2, .bytes = 10});
  auto large = append_gate::enter(gate, sized(11));
  CHECK(large);
  CHECK_FALSE(append_gate::enter(gate, sized(2)));
  CHECK(gate->bytes() == 11);
  large.reset();
  const auto first = append_gate::enter(gate, sized(5));
  CHECK_FALSE(append_gate::enter(gate, sized(6)));
  const auto second = append_gate::enter(gate, sized(5));
  CHECK(second);
  CHECK_FALSE(append_gate::enter(gate, sized(2)));
  CHECK(gate->appends() == 2);
  CHECK(gate->bytes() == 10);
}

// The last answers may be on their way when everybody else has let go of the store.
TEST_CASE("append_gate: a permit outlives whoever has made the gate") {
  auto gate = std::make_shared<append_gate>();
  const std::weak_ptr<append_gate> seen = gate;
  auto permit = append_gate::enter(gate, sized(5));
  gate.reset();
  REQUIRE_FALSE(seen.expired());
  CHECK(seen.lock()->appends() == 1);
  permit.reset();
  CHECK(seen.expired());
}

} // namespace
} // namespace aiex
