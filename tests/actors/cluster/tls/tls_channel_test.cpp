#include "aiex/actors/cluster/tls/tls_channel.hpp"

#include "support/cluster_certificates.hpp"
#include "support/socket_pair.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;

/// Two channels on one pair of sockets, in one thread: nothing here ever blocks.
struct channel_pair {
  socket_pair sockets;
  std::unique_ptr<tls_channel> dials;
  std::unique_ptr<tls_channel> accepts;

  channel_pair(const tls_credentials& dialler, const tls_credentials& accepter)
      : dials(dialler.dial(sockets.left())), accepts(accepter.accept(sockets.right())) {}

  /// How the handshake ended at both ends.
  std::pair<tls_step, tls_step> shake_hands() const {
    tls_step here;
    tls_step there;
    for (int turn = 0; turn < 10; ++turn) {
      if (here.what == tls_progress::later)
        here = dials->shake_hands();
      if (there.what == tls_progress::later)
        there = accepts->shake_hands();
    }
    return {here, there};
  }
};

TEST_CASE("tls_channel: who both are, and bytes both ways") {
  const cluster_certificates made;
  const auto client = made.credentials(client_called("ada", caller_role::writing));
  const auto node = made.credentials(node_called("bank-1"));
  channel_pair pair{*client, *node};
  CHECK_FALSE(pair.dials->is_ready());
  const auto [here, there] = pair.shake_hands();
  REQUIRE(here.what == tls_progress::done);
  REQUIRE(there.what == tls_progress::done);
  CHECK(pair.dials->peer() == node_called("bank-1"));
  CHECK(pair.accepts->peer() == client_called("ada", caller_role::writing));
  CHECK(pair.accepts->judged_again() == link_breach::none);

  char buffer[64];
  CHECK(pair.accepts->receive(buffer, sizeof buffer).what == tls_progress::later);
  CHECK(pair.dials->send("hello", 5).bytes == 5);
  CHECK(pair.accepts->receive(buffer, 2).bytes == 2);
  CHECK(pair.accepts->held() == 3);
  const auto rest = pair.accepts->receive(buffer, sizeof buffer);
  CHECK(std::string(buffer, rest.bytes) == "llo");
  CHECK(pair.accepts->held() == 0);
  CHECK(pair.accepts->send("back", 4).bytes == 4);
  CHECK(pair.dials->receive(buffer, sizeof buffer).bytes == 4);
  CHECK(pair.dials->send("", 0).what == tls_progress::done);

  pair.sockets.close_left();
  CHECK(pair.accepts->receive(buffer, sizeof buffer).what == tls_progress::ended);
}

TEST_CASE("tls_channel: a full socket takes what it can, and the rest later") {
  const cluster_certificates made;
  const auto own = made.credentials(node_called("n"));
  channel_pair pair{*own, *own};
  (void)pair.shake_hands();
  std::string sent(8 << 20, '\0');
  for (std::size_t i = 0; i < sent.size(); ++i)
    sent[i] = static_cast<char>(i * 7 + i / 251);
  std::string got;
  std::size_t at = 0;
  bool was_full = false;
  std::string buffer(100'000, '\0');
  while (got.size() < sent.size()) {
    while (at < sent.size()) {
      const auto step = pair.dials->send(sent.data() + at, sent.size() - at);
      REQUIRE(step.what != tls_progress::broken);
      at += step.bytes;
      if (step.what == tls_progress::later) {
        CHECK(step.wants_room);
        CHECK(step.bytes == 0);
        was_full = true;
        break;
      }
    }
    const auto step = pair.accepts->receive(buffer.data(), buffer.size());
    REQUIRE(step.what != tls_progress::broken);
    got.append(buffer, 0, step.bytes);
  }
  CHECK(was_full);
  CHECK(got == sent);
}

TEST_CASE("tls_channel: each side refuses whom it does not believe, and says so") {
  const cluster_certificates made;
  const cluster_certificates other;
  const auto now = now_by_clock();
  const auto node = made.credentials(node_called("bank-1"));
  const auto ours = made.issue(client_called("revoked"));
  made.revoke(ours.issued.facts().serial);
  // What nobody would load himself, but somebody may show: loaded where nothing is known of it.
  const auto shown = [](const cluster_certificates& by, const issued_certificate& what) {
    auto files = by.files_of(what);
    files.revocations.clear();
    return sure(tls_credentials::load(files));
  };
  const auto soon_over = made.issue(client_called("short"), {now - 1h, now + 2s});
  const auto expiring = shown(made, soon_over);
  while (std::chrono::system_clock::now() <= soon_over.issued.facts().not_after + 1s)
    std::this_thread::yield();
  struct example {
    const char* name;
    std::shared_ptr<tls_credentials> dialler;
    link_breach there;
  };
  const example table[] = {
    {"revoked", shown(made, ours), link_breach::certificate_revoked},
    {"expired", expiring, link_breach::certificate_expired},
  };
  REQUIRE(sure(node->look()));
  for (const auto& row : table) {
    CAPTURE(row.name);
    channel_pair pair{*row.dialler, *node};
    const auto [here, there] = pair.shake_hands();
    CHECK(here.what == tls_progress::done); // it cannot know yet
    REQUIRE(there.what == tls_progress::broken);
    CHECK(there.why == row.there);
    char byte = 0;
    const auto told = pair.dials->receive(&byte, 1);
    REQUIRE(told.what == tls_progress::broken);
    CHECK(told.why == link_breach::refused_us);
  }
  channel_pair foreign{*other.credentials(node_called("n")), *node};
  const auto [here, there] = foreign.shake_hands();
  REQUIRE(here.what == tls_progress::broken);
  CHECK(here.why == link_breach::certificate_untrusted);
  CHECK(there.what == tls_progress::broken);

  // A client's certificate is no server's.
  channel_pair turned{*node, *made.credentials(client_called("ada"))};
  CHECK(turned.shake_hands().first.why == link_breach::certificate_untrusted);
}

TEST_CASE("tls_channel: what is no TLS") {
  const cluster_certificates made;
  const auto node = made.credentials(node_called("n"));
  struct example {
    std::string words;
    link_breach expected;
  };
  const example table[] = {
    {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", link_breach::not_tls},
    {std::string(64, '\0'), link_breach::not_tls},
    {std::string("\1\0\0\0", 4) + std::string(60, 'x'), link_breach::not_tls},
    {std::string("\x16\x03\x01\x02\x00", 5) + std::string(512, '\x5a'), link_breach::tls_failed},
  };
  for (const auto& row : table) {
    CAPTURE(row.words);
    socket_pair sockets;
    const auto channel = node->accept(sockets.right());
    REQUIRE(::send(sockets.left(), row.words.data(), row.words.size(), 0) > 0);
    const auto step = channel->shake_hands();
    REQUIRE(step.what == tls_progress::broken);
    CHECK(step.why == row.expected);
  }
}

// The one that cut CAF's own healthy links: an error that stays in the thread's queue.
TEST_CASE("tls_channel: another's failure leaves no error behind") {
  const cluster_certificates made;
  const auto own = made.credentials(node_called("n"));
  channel_pair healthy{*own, *own};
  (void)healthy.shake_hands();
  socket_pair sockets;
  const auto failing = own->accept(sockets.right());
  REQUIRE(::send(sockets.left(), "nonsense, no TLS", 16, 0) == 16);
  CHECK(failing->shake_hands().what == tls_progress::broken);
  char byte = 0;
  CHECK(healthy.accepts->receive(&byte, 1).what == tls_progress::later);
  CHECK(healthy.dials->send("x", 1).bytes == 1);
  CHECK(healthy.accepts->receive(&byte, 1).bytes == 1);
}

} // namespace
} // namespace aiex
