// Strangers at the port, while a healthy client goes on working.
#include "aiex/actors/cluster/link_doorman.hpp"

#include "support/basp_attacks.hpp"
#include "support/eventually.hpp"
#include "support/link_world.hpp"
#include "support/raw_peer.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <memory>
#include <random>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;
using clock = std::chrono::steady_clock;

/// A node, a client that works, and the question whether it still does.
struct besieged {
  explicit besieged(link_limits limits = {}) : node(limits) {
    auto connected = peer.link.connect(node.where(), patience);
    REQUIRE(connected);
    gateway = *connected;
    CHECK_healthy();
  }

  void CHECK_healthy() { CHECK(peer.ask(gateway, "echo", "still here") == "still here"); }

  link_node node;
  link_peer peer;
  caf::actor gateway;
};

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * 4'096;
}

TEST_CASE("link: a stranger's first words close the connection and nothing else") {
  besieged siege;
  struct example {
    const char* name;
    std::string words;
  };
  const example table[] = {
    {"a client's handshake without payload", basp_frame{.operation = 1}.bytes()},
    {"a server's handshake without payload", basp_frame{.operation = 0, .data = 3}.bytes()},
    {"a handshake of 4 GiB", basp_frame{.operation = 1}.header(0xffff'ffff)},
    {"a message of 4 GiB", basp_frame{.operation = 2}.header(0xffff'ffff)},
    {"HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"},
    {"TLS",
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(32, '\x5a')},
    {"a request without handshake", basp_frame{.operation = 2,
                                      .data = request_number(1),
                                      .source = 1,
                                      .receiver = 1,
                                      .payload = content("aiex::gateway_request", "x")}
                                      .bytes()},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    raw_peer stranger(siege.node.port);
    CHECK(stranger.send(row.words));
    CHECK(stranger.is_closed_within(patience));
    siege.CHECK_healthy();
  }
}

TEST_CASE("link: announced gigabytes cost nothing") {
  besieged siege;
  const auto before = resident_bytes();
  for (int round = 0; round < 20; ++round) {
    raw_peer stranger(siege.node.port);
    REQUIRE(stranger.shake_hands(node_named(100 + static_cast<std::uint32_t>(round))));
    CHECK(stranger.send(basp_frame{
      .operation = 2, .data = request_number(1), .source = 1, .receiver = stranger.gateway}
                          .header(0xffff'ffff)));
    CHECK(stranger.is_closed_within(patience));
  }
  CHECK(resident_bytes() < before + (64 << 20));
  siege.CHECK_healthy();
}

TEST_CASE("link: random bytes, before and after a handshake") {
  besieged siege;
  std::mt19937 random{20'241'124};
  for (std::uint32_t round = 0; round < 60; ++round) {
    CAPTURE(round);
    raw_peer stranger(siege.node.port);
    if (round % 2 == 0)
      REQUIRE(stranger.shake_hands(node_named(100 + round)));
    std::string noise(1'000, '\0');
    for (auto& byte : noise)
      byte = static_cast<char>(random());
    stranger.send(noise);
    CHECK(stranger.is_closed_within(patience));
  }
  siege.CHECK_healthy();
}

// What a peer with a fine handshake may not do: each of these works against CAF's own port.
TEST_CASE("link: kills, lookups, spawns and lies end the link, and the gateway lives") {
  besieged siege;
  const std::string self = node_named(50);
  const std::string third = node_named(51);
  for (const auto& row : basp_attacks()) {
    CAPTURE(row.name);
    raw_peer enemy(siege.node.port);
    REQUIRE(enemy.shake_hands(self));
    // A proper request first: the link as such works.
    REQUIRE(enemy.send(proper_request(enemy, "intact")));
    REQUIRE(enemy.receives("intact"));
    CHECK(enemy.send(row.attack(enemy, self, third)));
    CHECK(enemy.is_closed_within(patience));
    siege.CHECK_healthy();
    REQUIRE(eventually([&] { return siege.node.link.linked() == 1; }));
  }
}

TEST_CASE("link: a client's actors cannot kill the gateway either") {
  besieged siege;
  link_peer other;
  auto gateway = other.link.connect(siege.node.where(), patience);
  REQUIRE(gateway);
  caf::anon_send_exit(*gateway, caf::exit_reason::kill);
  CHECK(other.sees_end(*gateway));
  siege.CHECK_healthy();
}

TEST_CASE("link: nobody takes another client's name, and with it its answers") {
  besieged siege;
  raw_peer first(siege.node.port);
  REQUIRE(first.shake_hands(node_named(60)));
  REQUIRE(eventually([&] { return siege.node.link.linked() == 2; }));
  raw_peer second(siege.node.port);
  second.shake_hands(node_named(60));
  CHECK(second.is_closed_within(patience));
  CHECK(siege.node.link.linked() == 2);
  siege.CHECK_healthy();
}

TEST_CASE("link: who only connects is closed at the deadline") {
  besieged siege{{.handshake_deadline = 100ms}};
  raw_peer idle(siege.node.port);
  raw_peer slow(siege.node.port);
  REQUIRE(slow.send(client_handshake(node_named(70)).bytes().substr(0, 63)));
  CHECK(idle.is_closed_within(patience));
  CHECK(slow.is_closed_within(patience));
  CHECK(eventually([&] { return siege.node.link.pending() == 0; }));
  siege.CHECK_healthy();
}

TEST_CASE("link: 200 idle connections keep nobody out") {
  besieged siege{{.pending_max = 16, .handshake_deadline = 60s}};
  std::vector<std::unique_ptr<raw_peer>> idle;
  for (int i = 0; i < 200; ++i)
    idle.push_back(std::make_unique<raw_peer>(siege.node.port));
  CHECK(idle.front()->is_closed_within(patience));
  CHECK(siege.node.link.pending() <= 16);
  siege.CHECK_healthy();
  link_peer late;
  auto gateway = late.link.connect(siege.node.where(), patience);
  REQUIRE(gateway);
  CHECK(late.ask(*gateway, "echo", "in") == "in");
}

TEST_CASE("link: links have a limit, too") {
  besieged siege{{.links_max = 2}};
  raw_peer second(siege.node.port);
  REQUIRE(second.shake_hands(node_named(80)));
  REQUIRE(eventually([&] { return siege.node.link.linked() == 2; }));
  raw_peer third(siege.node.port);
  third.shake_hands(node_named(81));
  CHECK(third.is_closed_within(patience));
  siege.CHECK_healthy();
}

TEST_CASE("link: a storm of connections that close at once") {
  besieged siege;
  for (int i = 0; i < 500; ++i) {
    raw_peer passing(siege.node.port);
    if (i % 3 == 0)
      passing.send(std::string(static_cast<std::size_t>(i % 64), '\1'));
    if (i % 100 == 0)
      siege.CHECK_healthy();
  }
  CHECK(eventually([&] { return siege.node.link.pending() == 0; }));
  siege.CHECK_healthy();
}

TEST_CASE("link: who asks and never reads is closed") {
  besieged siege{{.send_buffer_bytes_max = 1 << 20}};
  raw_peer glutton(siege.node.port);
  REQUIRE(glutton.shake_hands(node_named(90)));
  REQUIRE(eventually([&] { return siege.node.link.linked() == 2; }));
  const std::string arguments = "4000000";
  const auto question = basp_frame{.operation = 2,
    .data = request_number(1),
    .source = 3,
    .receiver = glutton.gateway,
    .payload = content("aiex::gateway_request", "\x05"
                                                "bytes"
                                                "\x07" +
                                                  arguments + big_endian(0, 4))}
                          .bytes();
  for (int i = 0; i < 20 && glutton.send(question); ++i)
    ;
  CHECK(eventually([&] { return siege.node.link.linked() == 1; }));
  siege.CHECK_healthy();
}

} // namespace
} // namespace aiex
