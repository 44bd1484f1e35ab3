#include "aiex/actors/flow/snapshot_gate.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE("snapshot_gate: so many bytes at once, and one alone always") {
  const auto gate = std::make_shared<snapshot_gate>(10);
  {
    const auto large = gate->enter(100);
    CHECK(large != nullptr);
    CHECK(gate->enter(1) == nullptr);
  }
  const auto first = gate->enter(6);
  auto second = gate->enter(4);
  CHECK(first != nullptr);
  CHECK(second != nullptr);
  CHECK(gate->enter(1) == nullptr);
  CHECK(gate->skipped() == 2);
  second.reset();
  CHECK(gate->enter(4) != nullptr);
  CHECK(gate->bytes() == 6);
}

TEST_CASE("snapshot_gate: a permit may be the last to know its gate") {
  auto gate = std::make_shared<snapshot_gate>();
  auto last = gate->enter(1);
  gate.reset();
  last.reset();
}

} // namespace
} // namespace aiex
