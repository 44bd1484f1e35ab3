#include "aiex/actors/cluster/gateway_call.hpp"

#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <thread>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

gateway_answer reply(const char* body) {
  return std::variant<gateway_welcome, gateway_reply>{reply_with(std::string(body))};
}

std::string body_of(const std::optional<gateway_answer>& answer) {
  return answer && *answer ? std::get<gateway_reply>(**answer).body : "(none)";
}

TEST_CASE("wake_signal: waits until the deadline, or is woken before") {
  wake_signal signal;
  const auto start = clock::now();
  CHECK_FALSE(signal.wait_until(start + 20ms));
  CHECK(clock::now() - start >= 20ms);
  CHECK_FALSE(signal.wait_until(start)); // long past

  signal.wake();
  signal.wake(); // counts once
  CHECK(signal.wait_until(clock::now() + test::patience));
  CHECK_FALSE(signal.wait_until(clock::now()));

  std::thread other([&] { signal.wake(); });
  CHECK(signal.wait_until(clock::now() + test::patience));
  other.join();
}

TEST_CASE("gateway_exchange: an answer meets its question and no other") {
  gateway_exchange exchange;
  CHECK_FALSE(exchange.take_errand());
  exchange.ask(gateway_request{"first", ""}, 1s);
  const auto first = exchange.take_errand();
  REQUIRE(first);
  CHECK(std::get<gateway_request>(first->question).verb == "first");
  CHECK_FALSE(exchange.take_errand());

  exchange.ask(gateway_request{"second", ""}, 1s); // nobody waits for the first any more
  const auto second = exchange.take_errand();
  REQUIRE(second);
  exchange.answer(first->number, reply("late"));
  CHECK_FALSE(exchange.take_answer());
  exchange.answer(second->number, reply("mine"));
  exchange.answer(second->number, reply("again"));
  CHECK(body_of(exchange.take_answer()) == "mine");
  CHECK_FALSE(exchange.take_answer());

  exchange.ask(gateway_request{"third", ""}, 1s);
  const auto third = exchange.take_errand();
  exchange.forget();
  exchange.answer(third->number, reply("forgotten"));
  CHECK_FALSE(exchange.take_answer());
}

TEST_CASE("gateway_exchange: a lost link answers what is open, and whatever comes later") {
  gateway_exchange exchange;
  exchange.ask(gateway_request{"open", ""}, 1s);
  exchange.lost({errc::unknown_outcome, "gone"});
  CHECK(exchange.signal().wait_until(clock::now() + test::patience));
  auto answer = exchange.take_answer();
  REQUIRE(answer);
  CHECK(answer->error().code == errc::unknown_outcome);

  exchange.ask(gateway_request{"later", ""}, 1s);
  CHECK(exchange.signal().wait_until(clock::now() + test::patience));
  answer = exchange.take_answer();
  REQUIRE(answer);
  CHECK(answer->error().code == errc::unreachable); // it was never sent
  CHECK_FALSE(exchange.take_errand());
}

TEST_CASE("gateway_exchange: the end of the actor wakes who waits for it") {
  gateway_exchange exchange;
  CHECK_FALSE(exchange.has_ended());
  std::thread actor([&] { exchange.ended(); });
  CHECK(exchange.signal().wait_until(clock::now() + test::patience));
  CHECK(exchange.has_ended());
  actor.join();
}

} // namespace
} // namespace aiex
