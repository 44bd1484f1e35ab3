#include "aiex/actors/cluster/tls/tls_dial.hpp"

#include "support/cluster_certificates.hpp"
#include "support/eventually.hpp"
#include "support/socket_pair.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <future>
#include <set>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;

/// Dials, while a thread answers as `accepter` would.
result<std::unique_ptr<tls_channel>> dialled(const tls_credentials& dialler,
  const tls_credentials& accepter, const endpoint& where,
  const std::optional<std::string>& expected = {}) {
  socket_pair sockets;
  auto answering = std::async(std::launch::async, [&] {
    const auto channel = accepter.accept(sockets.right());
    return eventually([&] { return channel->shake_hands().what != tls_progress::later; });
  });
  auto outcome = dial_tls(dialler, sockets.left(), where, expected, patience);
  sockets.close_left();
  CHECK(answering.get());
  return outcome;
}

TEST_CASE("tls_dial: whom it is to be, and where") {
  const cluster_certificates made;
  const auto client = made.credentials(client_called("ada"));
  const auto anywhere = made.credentials(node_called("bank-1"));
  const auto placed = sure(tls_credentials::load(
    made.files(node_called("bank-2"), valid_for(1h), {"10.0.0.2", "fd00::2"})));
  struct example {
    const char* name;
    const tls_credentials& node;
    endpoint where;
    std::optional<std::string> expected;
    bool is_good;
  };
  const example table[] = {
    {"any node", *anywhere, {"10.0.0.9", 1}, {}, true},
    {"that node", *anywhere, {"10.0.0.9", 1}, "bank-1", true},
    {"not that node", *anywhere, {"10.0.0.9", 1}, "bank-2", false},
    {"at its address", *placed, {"10.0.0.2", 1}, {}, true},
    {"at its other address", *placed, {"fd00:0::0:2", 1}, {}, true},
    {"on the loopback", *placed, {"127.0.0.1", 1}, "bank-2", true},
    {"at another address", *placed, {"10.0.0.3", 1}, "bank-2", false},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    const auto outcome = dialled(*client, row.node, row.where, row.expected);
    CHECK(outcome.has_value() == row.is_good);
    if (!outcome)
      CHECK(outcome.error().code == errc::denied);
    else
      CHECK((*outcome)->peer().kind == peer_kind::node);
  }
}

TEST_CASE("tls_dial: silence, an end, and what is no TLS") {
  std::signal(SIGPIPE, SIG_IGN); // as a link does
  const cluster_certificates made;
  const auto own = made.credentials(client_called("ada"));
  const socket_pair silent;
  CHECK(dial_tls(*own, silent.left(), {"127.0.0.1", 1}, {}, 20ms).error().code == errc::time_out);
  socket_pair closed;
  closed.close_left();
  CHECK(dial_tls(*own, closed.right(), {"127.0.0.1", 1}, {}, patience).error().code ==
        errc::unreachable);
  const socket_pair plain;
  REQUIRE(::send(plain.right(), std::string(64, '\0').data(), 64, 0) == 64);
  const auto refused = dial_tls(*own, plain.left(), {"127.0.0.1", 1}, {}, patience);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("does not speak TLS") != std::string::npos);
}

TEST_CASE("tls_dial: each breach of TLS has words of its own") {
  std::set<std::string> all;
  int count = 0;
  for (int i = 0; i <= UINT8_MAX; ++i)
    if (const auto breach = static_cast<link_breach>(i); is_of_tls(breach)) {
      all.insert(tls_refusal({"127.0.0.1", 1}, breach).message);
      ++count;
    }
  CHECK(count == 13);
  CHECK(all.size() == 13);
}

} // namespace
} // namespace aiex
