#include "aiex/actors/flow/projection.hpp"

#include "support/projection_world.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test::bank;
using test::projection_world;

TEST_CASE_FIXTURE(projection_world, "projection_waiters: who waits is answered, or told why not") {
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

TEST_CASE_FIXTURE(projection_world, "projection_waiters: a wait ends, and only so many wait") {
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

} // namespace
} // namespace aiex
