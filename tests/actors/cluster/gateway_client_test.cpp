#include "aiex/actors/cluster/gateway_client.hpp"
#include "aiex/actors/cluster/tcp.hpp"

#include "support/child_process.hpp"
#include "support/link_world.hpp"

#include <doctest/doctest.h>
#include <sys/time.h>

#include <csignal>
#include <future>
#include <thread>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;
using clock = std::chrono::steady_clock;

gateway_client connected(const endpoint& where, gateway_client::options wishes = {}) {
  auto client = gateway_client::connect(where, std::move(wishes));
  if (!client)
    FAIL(client.error().message);
  return std::move(*client);
}

TEST_CASE("gateway_client: says hello, asks, and is answered") {
  link_node node;
  auto client = connected(node.where());
  CHECK(client.node().node == "test_node");
  CHECK(client.node().version == "0.1.0");
  for (const char* words : {"one", "two", "three"}) {
    auto reply = client.call("echo", words, patience);
    REQUIRE(reply);
    CHECK(reply->body == words);
  }
  auto refused = client.call("refuse", "stream is at 9", patience);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == error{errc::wrong_expected_version, "stream is at 9", 9});
}

TEST_CASE("gateway_client: several at one node do not disturb each other") {
  link_node node;
  auto first = connected(node.where());
  {
    auto second = connected(node.where());
    CHECK(second.call("echo", "second", patience)->body == "second");
  }
  CHECK(first.call("echo", "first", patience)->body == "first");
}

TEST_CASE("gateway_client: another protocol is refused by name") {
  link_node node{{}, gateway_protocol + 1};
  auto client = gateway_client::connect(node.where());
  REQUIRE_FALSE(client);
  CHECK(client.error().code == errc::unknown_version);
  CHECK(client.error().message.find("test_node") != std::string::npos);
}

TEST_CASE("gateway_client: where no node is, the reason is clear") {
  auto listening = listen_tcp({"127.0.0.1", 0});
  REQUIRE(listening);
  const endpoint where{"127.0.0.1", *local_port(*listening)};
  auto silent = gateway_client::connect(where, {.deadline = 100ms});
  REQUIRE_FALSE(silent);
  CHECK(silent.error().code == errc::time_out);
  { tcp_socket closes = std::move(*listening); }
  auto absent = gateway_client::connect(where);
  REQUIRE_FALSE(absent);
  CHECK(absent.error().code == errc::unreachable);
  auto nonsense = gateway_client::connect(where, {.profile = {.connection_timeout = 1ms}});
  REQUIRE_FALSE(nonsense);
  CHECK(nonsense.error().code == errc::invalid_argument);
}

TEST_CASE("gateway_client: what is too large is not sent") {
  link_node node;
  auto client = connected(node.where());
  auto large = client.call("echo", std::string(gateway_request_bytes_max, 'x'), patience);
  REQUIRE_FALSE(large);
  CHECK(large.error().code == errc::data_too_large);
  CHECK(client.call("echo", "fine", patience)->body == "fine");
}

TEST_CASE("gateway_client: a call ends at its deadline, and the next one works") {
  link_node node;
  auto client = connected(node.where());
  const auto start = clock::now();
  auto silent = client.call("silent", "", 100ms);
  CHECK(clock::now() - start >= 100ms);
  CHECK(clock::now() - start < 5s);
  REQUIRE_FALSE(silent);
  CHECK(silent.error().code == errc::time_out);
  CHECK(client.call("echo", "next", patience)->body == "next");
}

TEST_CASE("gateway_client: cancel ends the call that waits, from another thread") {
  link_node node;
  auto client = connected(node.where());
  client.cancel(); // nothing waits: no later call is touched
  CHECK(client.call("echo", "untouched", patience)->body == "untouched");

  auto waiting = std::async(std::launch::async, [&] { return client.call("silent", "", 60s); });
  while (waiting.wait_for(1ms) != std::future_status::ready)
    client.cancel(); // until it hit, for the call may not have begun at the first
  auto cancelled = waiting.get();
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error().code == errc::stopped);
  CHECK(client.call("echo", "next", patience)->body == "next");
}

gateway_client* interrupted = nullptr; // what a signal handler can reach

TEST_CASE("gateway_client: calls that belong together are stopped between two of them, too") {
  link_node node;
  auto client = connected(node.where());
  std::atomic<bool> is_stopped{false};
  CHECK(client.call("echo", "first", patience, &is_stopped)->body == "first");
  is_stopped = true; // as a signal handler does while the first page is printed
  client.cancel();
  const auto second = client.call("silent", "", 60s, &is_stopped);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == errc::stopped);
  CHECK(client.call("echo", "next", patience)->body == "next");
}

TEST_CASE("gateway_client: cancel ends the call that waits, from a signal handler") {
  link_node node;
  auto client = connected(node.where());
  interrupted = &client;
  const auto before = std::signal(SIGALRM, [](int) { interrupted->cancel(); });
  const itimerval soon{{0, 50'000}, {0, 50'000}}; // again and again, for the same reason
  ::setitimer(ITIMER_REAL, &soon, nullptr);
  auto cancelled = client.call("silent", "", 60s);
  const itimerval never{};
  ::setitimer(ITIMER_REAL, &never, nullptr);
  std::signal(SIGALRM, before);
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error().code == errc::stopped);
}

TEST_CASE("gateway_client: a gateway that fails says so at once") {
  link_node node;
  auto client = connected(node.where());
  const auto start = clock::now();
  auto failed = client.call("fail", "", 60s);
  CHECK(clock::now() - start < 10s);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == errc::unknown_outcome);
}

TEST_CASE("gateway_client: may go while the node still owes an answer") {
  link_node node;
  const auto start = clock::now();
  {
    auto client = connected(node.where());
    CHECK_FALSE(client.call("silent", "", 1ms));
  }
  CHECK(clock::now() - start < 5s);
}

// -- nodes that die
// --------------------------------------------------------------------------------

struct node_process {
  child_process child{{AIEX_GATEWAY_NODE}};
  endpoint where{"127.0.0.1", static_cast<std::uint16_t>(std::stoul(child.read_line()))};
};

TEST_CASE("gateway_client: a killed node is noticed at once") {
  node_process node;
  auto client = connected(node.where);
  auto waiting = std::async(std::launch::async, [&] { return client.call("silent", "", 60s); });
  CHECK(waiting.wait_for(50ms) == std::future_status::timeout);
  node.child.send_signal(SIGKILL);
  REQUIRE(waiting.wait_for(patience) == std::future_status::ready);
  auto lost = waiting.get();
  REQUIRE_FALSE(lost);
  CHECK(lost.error().code == errc::unknown_outcome);

  const auto start = clock::now();
  auto later = client.call("echo", "x", 60s);
  CHECK(clock::now() - start < 5s);
  REQUIRE_FALSE(later);
  CHECK(later.error().code == errc::unreachable);
}

TEST_CASE("gateway_client: a node that stands still is noticed by its heartbeat") {
  node_process node;
  auto client =
    connected(node.where, {.profile = {.heartbeat_interval = 100ms, .connection_timeout = 400ms}});
  node.child.send_signal(SIGSTOP);
  const auto start = clock::now();
  auto lost = client.call("echo", "x", 60s);
  CHECK(clock::now() - start < 10s);
  REQUIRE_FALSE(lost);
  CHECK(lost.error().code == errc::unknown_outcome);
}

TEST_CASE("gateway_client: a node stops in order while clients are connected") {
  node_process node;
  auto client = connected(node.where);
  CHECK(client.call("echo", "x", patience)->body == "x");
  node.child.end_input();
  CHECK(node.child.wait() == 0);
}

} // namespace
} // namespace aiex
