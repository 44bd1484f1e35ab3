#include "aiexd/verbs/event_query.hpp"
#include "aiexd/verbs/tail.hpp"
#include "support/verb_world.hpp"

#include <caf/typed_response_promise.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::numbered_appends;

struct tail_world : test::verb_world {
  tail_world()
      : verb_world({{"tail", needs{caller_role::reading}, tail_keys, run_tail}}),
        gateway(spawn_gateway()) {}

  under_way tail(const std::string& arguments = "{}", std::uint32_t deadline_ms = 0) {
    return begin_call(gateway, "tail", arguments, deadline_ms);
  }
  caf::actor gateway;
};

/// Reads that wait until a test lets them be answered.
struct held_read {
  read_call asked;
  caf::typed_response_promise<page_answer> promise;
};
using held_reads = std::shared_ptr<std::vector<held_read>>;

/// A reader: told a number, it answers that read.
caf::behavior holding_reader(
  caf::event_based_actor* self, held_reads into, std::shared_ptr<const event_store> log) {
  return {
    [self, into](const read_call& call) {
      into->push_back({call, self->make_response_promise<page_answer>()});
      return into->back().promise;
    },
    [into, log](std::uint64_t which) {
      held_read& read = into->at(which);
      read.promise.deliver(page_answer{std::make_shared<const event_page>(
        std::move(*log->read(read.asked.asked, read.asked.limits)))});
    },
  };
}

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

TEST_CASE_FIXTURE(tail_world, "tail: one read at a time, however much is committed meanwhile") {
  const auto held = std::make_shared<std::vector<held_read>>();
  const auto reader =
    keep(system.spawn(holding_reader, held, std::shared_ptr<const event_store>{log}));
  environment->services.events = store{writer, {reader}, log, std::make_shared<append_gate>()};
  const auto answer = [&](std::uint64_t which) {
    caf::anon_send(reader, which);
    settle();
  };
  const auto waits = tail(R"({"types":["other"]})");
  CHECK(held->size() == 1);
  append(numbered_appends(1, 10));
  append({test::one("account-1", {.id = test::id_of(99), .type = "other"})});
  CHECK(held->size() == 1);
  answer(0);
  REQUIRE(held->size() == 2); // it looks for what has come meanwhile
  CHECK_FALSE(waits->has_value());
  answer(1);
  REQUIRE(waits->has_value());
  CHECK(lines_in(***waits) == 1);
  held->clear();
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
