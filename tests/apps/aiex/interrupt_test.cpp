#include "aiex/interrupt.hpp"

#include "support/link_world.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <thread>

namespace aiex::tool {
namespace {

/// The signal's handler is as it was, afterwards.
struct kept_handler {
  struct sigaction before {};
  kept_handler() {
    ::sigaction(SIGINT, nullptr, &before);
    leave_on_interrupt();
  }
  ~kept_handler() { ::sigaction(SIGINT, &before, nullptr); }
};

TEST_CASE("interrupt: Ctrl-C cancels the call that waits, and no later one") {
  test::link_node node;
  auto client = gateway_client::connect(node.where());
  REQUIRE(client);
  const kept_handler handler;
  const cancel_on_interrupt between_calls{*client};
  {
    const cancel_on_interrupt guard{*client};
    CHECK_FALSE(guard.was_interrupted());
    std::atomic<bool> is_over{false};
    std::thread typing{[&] { // until it is heard: the call may not have begun
      while (!is_over) {
        ::kill(::getpid(), SIGINT);
        ::poll(nullptr, 0, 1);
      }
    }};
    const auto cancelled = client->call("silent", "", test::patience);
    is_over = true;
    typing.join();
    REQUIRE_FALSE(cancelled);
    CHECK(cancelled.error().code == errc::stopped);
    CHECK(guard.was_interrupted());
  }
  ::raise(SIGINT); // between two calls: nothing ends
  const cancel_on_interrupt guard{*client};
  CHECK_FALSE(guard.was_interrupted());
  const auto later = client->call("echo", "hello", test::patience);
  REQUIRE(later);
  CHECK(later->body == "hello");
}

TEST_CASE("interrupt: a wait ends with Ctrl-C, not with one of before, else at its deadline") {
  using clock = std::chrono::steady_clock;
  test::link_node node;
  auto client = gateway_client::connect(node.where());
  REQUIRE(client);
  const kept_handler handler;
  const cancel_on_interrupt between_calls{*client};
  ::raise(SIGINT);
  const cancel_on_interrupt guard{*client};
  CHECK_FALSE(guard.wait_until(clock::now() + std::chrono::milliseconds{1}));
  std::thread typing{[] { ::kill(::getpid(), SIGINT); }};
  CHECK(guard.wait_until(clock::now() + test::patience));
  typing.join();
  CHECK(guard.wait_until(clock::now() + test::patience)); // it has been, and is not forgotten
}

} // namespace
} // namespace aiex::tool
