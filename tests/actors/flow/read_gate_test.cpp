#include "aiex/actors/flow/read_gate.hpp"

#include "support/flow_world.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;

struct reading_world : test::flow_world {
  store with_room_for(std::size_t most) {
    return {writer, {keep(system.spawn(store_reader, std::shared_ptr<const event_store>{log}))},
      log, std::make_shared<append_gate>(), std::make_shared<read_gate>(most)};
  }
};

TEST_CASE_FIXTURE(reading_world, "read_gate: more reads than may wait are refused at once") {
  append(test::numbered_appends(1, 2));
  const store narrow = with_room_for(2);
  const auto first = begin(narrow, query{});
  const auto second = begin(narrow, query{});
  const auto third = begin(narrow, query{});
  settle();
  REQUIRE(first->has_value());
  CHECK((**first)->get()->events.size() == 2);
  CHECK((*second)->has_value());
  CHECK((*third)->error().code == errc::overloaded);
  CHECK((*third)->error().message.find("2 reads are waiting") != std::string::npos);
  CHECK(narrow.reads().reads() == 0);
  const auto later = begin(narrow, query{});
  settle();
  CHECK((*later)->has_value());
}

TEST_CASE_FIXTURE(reading_world, "read_gate: what nobody waits for any more is not read") {
  append(test::numbered_appends(1, 2));
  const caf::actor slow = keep(system.spawn(store_reader, std::shared_ptr<const event_store>{log}));
  const auto now = system.clock().now();
  const auto answer = [&](std::chrono::steady_clock::time_point until) {
    return ask<page_answer>(slow, read_call{query{}, page_limits{}, {nullptr, until}}).page;
  };
  CHECK(answer(now)->get()->events.size() == 2);
  CHECK(answer(now - 1ms).error().code == errc::time_out);
}

} // namespace
} // namespace aiex
