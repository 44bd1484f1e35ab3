#include "aiexd/verbs/event_query.hpp"
#include "aiexd/verbs/tail.hpp"
#include "support/verb_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::numbered_appends;

struct tail_world : test::verb_world {
  tail_world() : verb_world({{"tail", tail_keys, run_tail}}), gateway(spawn_gateway()) {}

  under_way tail(const std::string& arguments = "{}", std::uint32_t deadline_ms = 0) {
    return begin_call(gateway, "tail", arguments, deadline_ms);
  }
  caf::actor gateway;
};

std::size_t lines_in(const gateway_reply& reply) {
  return static_cast<std::size_t>(std::ranges::count(reply.body, '\n'));
}

TEST_CASE_FIXTURE(tail_world, "tail: from a position what is there, else what comes from now on") {
  append(numbered_appends(1, 3));
  const auto past = tail(R"({"from":2})");
  REQUIRE(past->has_value());
  CHECK(lines_in(***past) == 2);
  CHECK_FALSE((**past)->next.empty());

  const auto live = tail();
  CHECK_FALSE(live->has_value());
  append(numbered_appends(4, 1));
  REQUIRE(live->has_value());
  CHECK(lines_in(***live) == 1);
  CHECK((**live)->body.find("\"position\":4,") != std::string::npos);
  // Where it ended the next one begins, whatever came meanwhile.
  append(numbered_appends(5, 2));
  const auto next = tail(R"({"cursor":")" + (**live)->next + "\"}");
  REQUIRE(next->has_value());
  CHECK(lines_in(***next) == 2);
}

TEST_CASE_FIXTURE(tail_world, "tail: what its filters leave out does not end the wait") {
  const auto filtered = tail(R"({"types":["other"]})");
  append(numbered_appends(1, 2));
  CHECK_FALSE(filtered->has_value());
  append({test::one("account-1", {.id = test::id_of(9), .type = "other"})});
  REQUIRE(filtered->has_value());
  CHECK(lines_in(***filtered) == 1);
}

TEST_CASE_FIXTURE(
  tail_world, "tail: nothing came in its time: an empty answer, and where to go on") {
  const auto unless_said = tail();
  const auto asked = tail(R"({"wait_ms":100})");
  const auto too_long = tail(R"({"wait_ms":3600000})");
  const auto hurried = tail(R"({"wait_ms":3600000})", 1'000);
  advance(100ms);
  REQUIRE(asked->has_value());
  CHECK((**asked)->body.empty());
  CHECK_FALSE((**asked)->next.empty());
  advance(650ms);
  CHECK(hurried->has_value()); // three quarters of the time its client waits
  CHECK_FALSE(unless_said->has_value());
  advance(tail_wait_default);
  CHECK(unless_said->has_value());
  CHECK_FALSE(too_long->has_value());
  advance(tail_wait_max);
  CHECK(too_long->has_value());
}

TEST_CASE_FIXTURE(tail_world, "tail: when the node is stopped nobody waits on") {
  const auto one = tail();
  const auto other = tail(R"({"types":["other"]})");
  system.spawn(
    [gateway = gateway](caf::event_based_actor* self) { self->send(gateway, end_waiting{}); });
  settle();
  for (const auto& each : {one, other}) {
    REQUIRE(each->has_value());
    CHECK((**each)->body.empty());
  }
}

TEST_CASE_FIXTURE(tail_world, "tail: more than may wait are refused") {
  std::vector<under_way> waiting;
  for (std::size_t i = 0; i < tails_waiting_max; ++i)
    waiting.push_back(tail());
  CHECK(std::ranges::none_of(waiting, [](const auto& each) { return each->has_value(); }));
  const auto one_more = tail();
  REQUIRE(one_more->has_value());
  CHECK((*one_more)->error().code == errc::overloaded);

  append(numbered_appends(1, 1));
  for (const auto& each : waiting) {
    REQUIRE(each->has_value());
    CHECK(lines_in(***each) == 1);
  }
  CHECK_FALSE(tail()->has_value()); // there is room again
}

TEST_CASE_FIXTURE(tail_world, "tail: a position that cannot be is refused") {
  const auto beyond = tail(R"({"cursor":"nonsense"})");
  REQUIRE(beyond->has_value());
  CHECK((*beyond)->error().code == errc::invalid_history);
  CHECK((*tail(R"({"wait_ms":"long"})"))->error().code == errc::invalid_argument);
}

} // namespace
} // namespace aiex
