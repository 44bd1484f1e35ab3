#include "aiex/actors/cluster/link.hpp"

#include "support/eventually.hpp"
#include "support/link_world.hpp"
#include "support/raw_peer.hpp"

#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <doctest/doctest.h>

#include <future>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;
using clock = std::chrono::steady_clock;

// -- between friends -----------------------------------------------------------------------------

TEST_CASE("link: a client asks the published gateway") {
  link_node node;
  link_peer peer;
  auto gateway = peer.link.connect(node.where(), patience);
  REQUIRE(gateway);
  CHECK(peer.ask(*gateway, "echo", "hello") == "hello");
  CHECK(node.link.linked() == 1);
  CHECK(node.link.pending() == 0);
  CHECK(peer.link.linked() == 1);
}

TEST_CASE("link: the largest request and the largest reply fit") {
  link_node node;
  link_peer peer;
  auto gateway = peer.link.connect(node.where(), patience);
  REQUIRE(gateway);
  const std::string largest(gateway_request_bytes_max - 4, 'x');
  CHECK(peer.ask(*gateway, "echo", largest) == largest);
  const auto reply = peer.ask(*gateway, "bytes", std::to_string(gateway_reply_bytes_max));
  REQUIRE(reply);
  CHECK(reply->size() == gateway_reply_bytes_max);
}

TEST_CASE("link: a request over the limit ends the link, not the node") {
  link_node node;
  link_peer peer;
  auto gateway = peer.link.connect(node.where(), patience);
  REQUIRE(gateway);
  const std::string too_large(gateway_request_bytes_max + frame_overhead_bytes, 'x');
  CHECK_FALSE(peer.ask(*gateway, "echo", too_large, 100ms));
  CHECK(peer.sees_end(*gateway));
  auto again = peer.link.connect(node.where(), patience);
  REQUIRE(again);
  CHECK(peer.ask(*again, "echo", "fine") == "fine");
}

TEST_CASE("link: the gateway's end and its reason reach the client") {
  link_node node;
  link_peer peer;
  auto gateway = peer.link.connect(node.where(), patience);
  REQUIRE(gateway);
  caf::scoped_actor self{peer.system, true};
  self->monitor(*gateway);
  self->request(*gateway, patience, gateway_request{"fail", ""})
    .receive([](gateway_reply&) {}, [](const caf::error&) {});
  caf::error reason;
  self->receive(
    [&](const caf::down_msg& down) { reason = down.reason; }, caf::after(patience) >> [] {});
  CHECK(caf::to_string(reason).find("failed as told") != std::string::npos);
}

TEST_CASE("link: an actor connects without being held up") {
  link_node node;
  link_peer peer;
  std::promise<std::string> answered;
  auto body = answered.get_future();
  auto actor = peer.system.spawn<caf::hidden>([&](caf::event_based_actor* self) {
    peer.link.connect(self, node.where(), patience, [self, &answered](result<caf::actor> gateway) {
      if (!gateway)
        return answered.set_value(gateway.error().message);
      self->request(*gateway, patience, gateway_request{"echo", "from an actor"})
        .then([&](gateway_reply& reply) { answered.set_value(reply.body); });
    });
  });
  REQUIRE(body.wait_for(patience) == std::future_status::ready);
  CHECK(body.get() == "from an actor");
}

TEST_CASE("link: nothing of CAF's spawn servers is left of a visit") {
  link_node node;
  auto& middleman = node.system.middleman();
  auto broker = middleman.named_broker<caf::io::basp_broker>(caf::atom("BASP"));
  for (int visit = 0; visit < 3; ++visit) {
    link_peer peer;
    auto gateway = peer.link.connect(node.where(), patience);
    REQUIRE(gateway);
    REQUIRE(peer.ask(*gateway, "echo", "x"));
  }
  CHECK(eventually([&] { return node.link.linked() == 0; }));
  std::promise<std::size_t> counted;
  middleman.backend().post([&] {
    auto* basp = static_cast<caf::io::basp_broker*>(caf::actor_cast<caf::abstract_actor*>(broker));
    counted.set_value(basp->spawn_servers.size());
  });
  CHECK(counted.get_future().get() == 0);
}

// -- where nobody answers ------------------------------------------------------------------------

TEST_CASE("link: listens on loopback only, and says why") {
  link_node node;
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1"}) {
    CAPTURE(address);
    auto refused = node.link.listen(node.gateway, {address, 0});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::denied);
    CHECK(refused.error().message.find("127.0.0.1") != std::string::npos);
  }
  auto taken = node.link.listen(node.gateway, node.where());
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == errc::in_use);
}

TEST_CASE("link: connecting where nobody listens fails at once") {
  link_peer peer;
  auto socket = listen_tcp({"127.0.0.1", 0});
  REQUIRE(socket);
  const auto port = *local_port(*socket);
  { tcp_socket closes = std::move(*socket); }
  auto gateway = peer.link.connect({"127.0.0.1", port}, patience);
  REQUIRE_FALSE(gateway);
  CHECK(gateway.error().code == errc::unreachable);
}

TEST_CASE("link: connecting to who is silent takes as long as told") {
  link_peer peer;
  auto socket = listen_tcp({"127.0.0.1", 0}); // the system accepts, nobody speaks
  REQUIRE(socket);
  const endpoint silent{"127.0.0.1", *local_port(*socket)};
  const auto start = clock::now();
  auto gateway = peer.link.connect(silent, 200ms);
  CHECK(clock::now() - start >= 200ms);
  CHECK(clock::now() - start < 5s);
  REQUIRE_FALSE(gateway);
  CHECK(gateway.error().code == errc::time_out);
  CHECK(eventually([&] { return peer.link.pending() + peer.link.linked() == 0; }));
}

TEST_CASE("link: connecting to who does not even accept takes as long as told") {
  link_peer peer;
  auto socket = listen_tcp({"127.0.0.1", 0});
  REQUIRE(socket);
  REQUIRE(::listen(socket->fd(), 0) == 0); // room for one, which we take
  const endpoint full{"127.0.0.1", *local_port(*socket)};
  std::vector<tcp_socket> waiting;
  while (auto next = connect_tcp(full, 100ms))
    waiting.push_back(std::move(*next));
  const auto start = clock::now();
  auto gateway = peer.link.connect(full, 200ms);
  CHECK(clock::now() - start >= 200ms);
  CHECK(clock::now() - start < 5s);
  REQUIRE_FALSE(gateway);
  CHECK(gateway.error().code == errc::time_out);
}

/// Accepts one connection, says something, closes.
void answer_once(const tcp_socket& listening, std::string_view words) {
  pollfd event{listening.fd(), POLLIN, 0};
  REQUIRE(::poll(&event, 1, static_cast<int>(patience.count())) == 1);
  tcp_socket accepted(::accept(listening.fd(), nullptr, nullptr));
  REQUIRE(::send(accepted.fd(), words.data(), words.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(words.size()));
  char bytes[256];
  while (::recv(accepted.fd(), bytes, sizeof bytes, 0) > 0)
    ;
}

TEST_CASE("link: connecting to something else says what it found") {
  struct example {
    const char* name;
    std::string words;
    errc code;
  };
  const example table[] = {
    {"an HTTP server", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", errc::unreachable},
    {"an SSH server", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3 and more\r\n", errc::unreachable},
    {"one that hangs up", "", errc::unreachable},
    {"a CAF program", server_handshake(node_named(5), "generic-caf-app", 7).bytes(),
      errc::unknown_version},
    {"a node without gateway", server_handshake(node_named(5), "aiex/1", 0).bytes(),
      errc::unreachable},
    {"32 bytes that end CAF", basp_frame{.operation = 0, .data = 3}.bytes(), errc::unreachable},
    {"4 GiB announced", basp_frame{.operation = 0, .data = 3}.header(0xffff'ffff),
      errc::unreachable},
  };
  link_peer peer;
  for (const auto& row : table) {
    CAPTURE(row.name);
    auto socket = listen_tcp({"127.0.0.1", 0});
    REQUIRE(socket);
    const endpoint where{"127.0.0.1", *local_port(*socket)};
    auto connecting =
      std::async(std::launch::async, [&] { return peer.link.connect(where, patience); });
    answer_once(*socket, row.words);
    const auto gateway = connecting.get();
    REQUIRE_FALSE(gateway);
    CAPTURE(gateway.error().message);
    CHECK(name(gateway.error().code) == name(row.code));
  }
}

TEST_CASE("link: a process does not link with itself") {
  link_node node;
  auto own = node.link.connect(node.where(), patience);
  REQUIRE_FALSE(own);
  CHECK(own.error().code == errc::already_exists);
}

} // namespace
} // namespace aiex
