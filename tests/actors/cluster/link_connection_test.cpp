// Links under TLS, and how they are closed: strangers of all kinds at the port, while a healthy
// client goes on working.
#include "aiex/actors/cluster/link_connection.hpp"
#include "aiex/actors/cluster/tls/tls_dial.hpp"

#include "support/basp_attacks.hpp"
#include "support/cluster_certificates.hpp"
#include "support/eventually.hpp"
#include "support/link_world.hpp"
#include "support/raw_peer.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <random>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;

link_limits looking_often(link_limits limits = {}) {
  limits.certificates_look = 5ms;
  return limits;
}

/// A node with a certificate, a client that works, and the question whether it still does.
struct besieged {
  explicit besieged(link_limits limits = {})
      : node(looking_often(limits), gateway_protocol, made.credentials(node_called("bank-1"))) {
    auto connected = peer.link.connect(node.where(), patience);
    if (!connected)
      FAIL(connected.error().message);
    gateway = *connected;
    CHECK_healthy();
  }

  void CHECK_healthy() { CHECK(peer.ask(gateway, "echo", "still here") == "still here"); }

  bool counts(link_breach breach, std::uint64_t expected) const {
    return eventually([&] { return node.link.closed_for(breach) == expected; });
  }

  cluster_certificates made;
  link_node node;
  link_peer peer{made.credentials(client_called("ada"))};
  caf::actor gateway;
};

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * 4'096;
}

TEST_CASE("link_tls: messages of all sizes arrive, both ways") {
  besieged siege;
  for (const std::size_t size :
    {std::size_t{0}, std::size_t{1}, std::size_t{16'383}, std::size_t{16'384}, std::size_t{16'385},
      std::size_t{1'000'000}, std::size_t{7'000'000}}) {
    CAPTURE(size);
    std::string words(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
      words[i] = static_cast<char>(i * 31 + i / 257);
    CHECK(siege.peer.ask(siege.gateway, "echo", words) == words);
  }
  for (int round = 0; round < 500; ++round)
    REQUIRE(siege.peer.ask(siege.gateway, "echo", std::to_string(round)) == std::to_string(round));
}

TEST_CASE("link_tls: both sides know who the other one is") {
  besieged siege;
  const auto at_node = siege.node.link.peers();
  const auto at_client = siege.peer.link.peers();
  REQUIRE(siege.node.link.linked() == 1);
  CHECK(at_node(siege.peer.system.node()) == client_called("ada"));
  CHECK(at_client(siege.node.system.node()) == node_called("bank-1"));
  CHECK_FALSE(at_node(siege.node.system.node()));
  {
    link_peer other{siege.made.credentials(node_called("bank-2"))};
    REQUIRE(other.link.connect(siege.node.where(), patience));
    REQUIRE(eventually([&] { return siege.node.link.linked() == 2; }));
    CHECK(at_node(other.system.node()) == node_called("bank-2"));
    CHECK(at_node(siege.peer.system.node()) == client_called("ada"));
  }
  CHECK(eventually([&] { return siege.node.link.linked() == 1; }));
  link_node plain;
  link_peer local;
  REQUIRE(local.link.connect(plain.where(), patience));
  CHECK(plain.link.peers()(local.system.node()) == peer_identity{});
}

TEST_CASE("link_tls: certificates that are not taken, each for its reason") {
  besieged siege;
  const cluster_certificates other;
  const auto now = now_by_clock();
  const auto revoked = siege.made.issue(client_called("revoked"));
  siege.made.revoke(revoked.issued.facts().serial);
  const issued_certificate authority{siege.made.authority.own(), siege.made.authority.key()};
  struct example {
    const char* name;
    stranger_wish wish;
    link_breach expected;
  };
  const example table[] = {
    {"none", {}, link_breach::certificate_missing},
    {"another authority's", {other.issue(node_called("bank-1"))},
      link_breach::certificate_untrusted},
    {"the authority's own", {authority}, link_breach::certificate_untrusted},
    {"ours, of nobody", {siege.made.nameless()}, link_breach::certificate_foreign},
    {"expired", {siege.made.issue(client_called("old"), {now - 2h, now - 1h})},
      link_breach::certificate_expired},
    {"not yet valid", {siege.made.issue(client_called("early"), {now + 1h, now + 2h})},
      link_breach::certificate_not_yet_valid},
    {"revoked", {revoked}, link_breach::certificate_revoked},
    {"TLS 1.2", {siege.made.issue(client_called("ada")), TLS1_2_VERSION}, link_breach::tls_failed},
  };
  REQUIRE(eventually([&] { // until the node has seen the list
    raw_peer stranger(siege.node.port, {revoked});
    stranger.shake_hands(node_named(40));
    return siege.node.link.closed_for(link_breach::certificate_revoked) > 0;
  }));
  for (const auto& row : table) {
    CAPTURE(row.name);
    const auto before = siege.node.link.closed_for(row.expected);
    raw_peer stranger(siege.node.port, row.wish);
    CHECK_FALSE(stranger.shake_hands(node_named(41)));
    CHECK(stranger.is_closed_within(patience));
    CHECK(siege.counts(row.expected, before + 1));
    siege.CHECK_healthy();
  }
  CHECK(siege.node.link.linked() == 1);
}

TEST_CASE("link_tls: first words that are no TLS") {
  besieged siege;
  struct example {
    const char* name;
    std::string words;
    link_breach expected;
  };
  const example table[] = {
    {"a plain handshake", client_handshake(node_named(42)).bytes(), link_breach::not_tls},
    {"HTTP", "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n", link_breach::not_tls},
    {"zeroes", std::string(512, '\0'), link_breach::not_tls},
    {"a record of TLS with nonsense",
      std::string("\x16\x03\x01\x02\x00", 5) + std::string(512, '\x5a'), link_breach::tls_failed},
    {"an alert", std::string("\x15\x03\x01\x00\x02\x02\x28", 7), link_breach::tls_failed},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    const auto before = siege.node.link.closed_for(row.expected);
    raw_peer stranger(siege.node.port);
    CHECK(stranger.send(row.words));
    CHECK(stranger.is_closed_within(patience));
    CHECK(siege.counts(row.expected, before + 1));
    siege.CHECK_healthy();
  }
}

TEST_CASE("link_tls: plain and TLS do not mix, and both are told why") {
  besieged siege;
  link_peer plain;
  const auto refused = plain.link.connect(siege.node.where(), patience);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::denied);
  CHECK(refused.error().message.find("--cert") != std::string::npos);
  siege.CHECK_healthy();

  link_node open;
  const auto no_tls = siege.peer.link.connect(open.where(), patience);
  REQUIRE_FALSE(no_tls);
  CHECK(no_tls.error().code == errc::unreachable);
  CHECK(no_tls.error().message.find("leave out --cert") != std::string::npos);
  CHECK(eventually([&] { return open.link.closed_for(link_breach::tls_at_plain_port) == 1; }));
  siege.CHECK_healthy();
}

TEST_CASE("link_tls: who dials is told whose certificate is of no use") {
  besieged siege;
  const cluster_certificates other;
  link_peer stranger{other.credentials(client_called("eve"))};
  const auto refused = stranger.link.connect(siege.node.where(), patience);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::denied);
  CHECK(refused.error().message.find("our authority has not signed") != std::string::npos);

  const auto issued = siege.made.issue(client_called("gone"));
  auto files = siege.made.files_of(issued);
  files.revocations.clear();
  link_peer gone{sure(tls_credentials::load(files))};
  siege.made.revoke(issued.issued.facts().serial);
  CHECK(eventually([&] { // once the node has seen it
    const auto outcome = gone.link.connect(siege.node.where(), patience);
    return !outcome && outcome.error().code == errc::denied &&
           outcome.error().message.find("does not accept the certificate of this program") !=
             std::string::npos;
  }));
  siege.CHECK_healthy();

  // At the other end a client answers: it is no node.
  link_node false_node({}, gateway_protocol, siege.made.credentials(client_called("mallory")));
  const auto no_node = siege.peer.link.connect(false_node.where(), patience);
  REQUIRE_FALSE(no_node);
  CHECK(no_node.error().code == errc::denied);
  siege.CHECK_healthy();
}

TEST_CASE("link_tls: with a client's certificate every raw operation ends the link") {
  besieged siege;
  const auto certificate = siege.made.issue(client_called("eve", caller_role::admin));
  const std::string self = node_named(50);
  for (const auto& row : basp_attacks()) {
    CAPTURE(row.name);
    raw_peer enemy(siege.node.port, {certificate});
    REQUIRE(enemy.is_in_tls());
    REQUIRE(enemy.shake_hands(self));
    REQUIRE(enemy.send(proper_request(enemy, "intact")));
    REQUIRE(enemy.receives("intact"));
    CHECK(enemy.send(row.attack(enemy, self, node_named(51))));
    CHECK(enemy.is_closed_within(patience));
    siege.CHECK_healthy();
    REQUIRE(eventually([&] { return siege.node.link.linked() == 1; }));
  }
}

TEST_CASE("link_tls: half-open connections are closed at the deadline, and keep nobody out") {
  besieged siege{{.pending_max = 8, .handshake_deadline = 200ms}};
  const auto certificate = siege.made.issue(client_called("slow"));
  raw_peer says_nothing(siege.node.port);
  raw_peer half_a_hello(siege.node.port);
  CHECK(half_a_hello.send(std::string("\x16\x03\x01\x02\x00\x01", 6)));
  raw_peer only_tls(siege.node.port, {certificate});
  CHECK(only_tls.is_in_tls());
  CHECK(says_nothing.is_closed_within(patience));
  CHECK(half_a_hello.is_closed_within(patience));
  CHECK(only_tls.is_closed_within(patience));
  CHECK(siege.counts(link_breach::handshake_overdue, 3));
  siege.CHECK_healthy();

  std::vector<std::unique_ptr<raw_peer>> idle;
  for (int i = 0; i < 100; ++i)
    idle.push_back(std::make_unique<raw_peer>(siege.node.port));
  link_peer late{siege.made.credentials(client_called("late"))};
  CHECK(late.link.connect(siege.node.where(), patience));
  CHECK(siege.node.link.pending() <= 8);
  siege.CHECK_healthy();
}

TEST_CASE("link_tls: memory stays flat through failed handshakes and announced gibibytes") {
  besieged siege;
  const auto certificate = siege.made.issue(client_called("eve"));
  const auto storm = [&](int rounds) {
    for (int round = 0; round < rounds; ++round) {
      raw_peer nothing_shown(siege.node.port, stranger_wish{});
      CHECK(nothing_shown.is_closed_within(patience));
      raw_peer announces(siege.node.port, {certificate});
      REQUIRE(announces.shake_hands(node_named(60)));
      CHECK(announces.send(message_to(announces, request_number(1), {}).header(1U << 30)));
      CHECK(announces.is_closed_within(patience));
      raw_peer closes(siege.node.port);
      closes.send("\x16\x03");
      REQUIRE(eventually([&] { return siege.node.link.linked() == 1; }));
    }
  };
  storm(20);
  const auto before = resident_bytes();
  storm(150);
  CHECK(resident_bytes() < before + (16 << 20));
  siege.CHECK_healthy();
}

TEST_CASE("link_tls: random bytes before, within and after the handshake") {
  besieged siege;
  std::mt19937 random{20'261'127};
  const auto noise = [&random] {
    std::string bytes(1'000, '\0');
    for (auto& byte : bytes)
      byte = static_cast<char>(random());
    return bytes;
  };
  const auto certificate = siege.made.issue(client_called("noisy"));
  for (std::uint32_t round = 0; round < 40; ++round) {
    CAPTURE(round);
    if (round % 2 == 0) {
      raw_peer stranger(siege.node.port);
      if (round % 4 == 0)
        stranger.send(std::string("\x16\x03\x01\x03\xe8", 5));
      stranger.send(noise());
      CHECK(stranger.is_closed_within(patience));
    } else {
      raw_peer stranger(siege.node.port, {certificate});
      REQUIRE(stranger.shake_hands(node_named(100 + round)));
      stranger.send(noise());
      CHECK(stranger.is_closed_within(patience));
    }
  }
  siege.CHECK_healthy();
}

TEST_CASE("link_tls: who is revoked is cut off, and nobody else") {
  besieged siege;
  const auto issued = siege.made.issue(client_called("bob"));
  link_peer bob{sure(tls_credentials::load(siege.made.files_of(issued)))};
  const auto gateway = bob.link.connect(siege.node.where(), patience);
  REQUIRE(gateway);
  CHECK(bob.ask(*gateway, "echo", "in") == "in");
  siege.made.revoke(issued.issued.facts().serial);
  CHECK(bob.sees_end(*gateway));
  CHECK(siege.counts(link_breach::certificate_revoked, 1));
  CHECK_FALSE(bob.link.connect(siege.node.where(), patience));
  siege.CHECK_healthy();
}

TEST_CASE("link_tls: a certificate's end is its link's end") {
  besieged siege;
  const auto now = now_by_clock();
  link_peer brief{
    sure(tls_credentials::load(siege.made.files(client_called("brief"), {now - 1h, now + 2s})))};
  const auto gateway = brief.link.connect(siege.node.where(), patience);
  REQUIRE(gateway);
  CHECK(brief.sees_end(*gateway));
  CHECK(siege.counts(link_breach::certificate_expired, 1));
  siege.CHECK_healthy();
}

TEST_CASE("link_tls: a renewed certificate is shown from the next link on") {
  besieged siege;
  const auto own = siege.made.credentials(node_called("bank-1")); // another pair, of the same name
  const std::string serial = own->own().serial;
  std::string shown;
  REQUIRE(eventually([&] {
    const auto socket = connect_tcp(siege.node.where(), patience);
    const auto dialled = dial_tls(*siege.made.credentials(client_called("looks")), socket->fd(),
      siege.node.where(), "bank-1", patience);
    shown = dialled ? (*dialled)->shown().facts().serial : "";
    return shown == serial;
  }));
  siege.CHECK_healthy();
}

TEST_CASE("link_tls: a node's links end with its own certificate's revocation") {
  const cluster_certificates made;
  const auto issued = made.issue(node_called("bank-2"));
  link_node node(
    looking_often(), gateway_protocol, sure(tls_credentials::load(made.files_of(issued))));
  client_config config;
  caf::actor_system system{config};
  aiex::link watching{system, looking_often(), made.credentials(node_called("bank-1"))};
  const auto gateway = watching.connect(node.where(), patience);
  REQUIRE(gateway);
  made.revoke(issued.issued.facts().serial);
  CHECK(eventually([&] { return watching.closed_for(link_breach::certificate_revoked) == 1; }));
  CHECK(watching.linked() == 0);
}

// What a mesh asks before it lets a node's messages through, at both ends.
TEST_CASE("link_tls: a node is admitted by the name in its certificate only") {
  besieged siege;
  const auto at_node = siege.node.link.nodes();
  link_peer other{siege.made.credentials(node_called("bank-2"))};
  REQUIRE(other.link.connect(siege.node.where(), patience));
  REQUIRE(eventually([&] { return siege.node.link.linked() == 2; }));
  const auto wrong = at_node.admit_node(other.system.node(), "bank-3");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == errc::denied);
  CHECK(wrong.error().message.find("bank-2") != std::string::npos);
  CHECK(at_node.admit_node(other.system.node(), "bank-2"));
  CHECK(other.link.nodes().admit_node(siege.node.system.node(), "bank-1"));
  CHECK(
    other.link.nodes().admit_node(siege.node.system.node(), "bank-2").error().code == errc::denied);
  const auto client = at_node.admit_node(siege.peer.system.node(), "ada");
  REQUIRE_FALSE(client);
  CHECK(client.error().code == errc::denied);
  siege.CHECK_healthy();
}

TEST_CASE("link_tls: any address may be listened on, and only so") {
  const cluster_certificates made;
  node_config config;
  caf::actor_system system{config};
  const auto gateway = system.spawn<caf::hidden>(test_gateway, gateway_protocol);
  {
    aiex::link plain{system};
    CHECK(plain.listen(gateway, {"0.0.0.0", 0}).error().code == errc::denied);
    aiex::link safe{system, {}, made.credentials(node_called("n"))};
    const auto port = safe.listen(gateway, {"0.0.0.0", 0});
    REQUIRE(port);
    link_peer peer{made.credentials(client_called("ada"))};
    CHECK(peer.link.connect({"127.0.0.1", *port}, patience));
  }
  caf::anon_send_exit(gateway, caf::exit_reason::kill);
}

} // namespace
} // namespace aiex
