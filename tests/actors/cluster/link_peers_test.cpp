#include "aiex/actors/cluster/link_peers.hpp"

#include "support/basp_bytes.hpp"
#include "support/cluster_certificates.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace aiex {
namespace {

using namespace test;

/// Remembers what it was closed for.
struct closed_link : closable_link {
  std::vector<link_breach> breaches;
  void abort(link_breach breach) override { breaches.push_back(breach); }
  result<void> trust_as_node(std::string_view) override { return {}; }
  bool is_of_node() const noexcept override { return false; }
};

basp::node_id numbered(std::uint32_t number) {
  return node_id_of(node_named(number));
}

TEST_CASE("link_peers: who is at which link, while there is one") {
  const cluster_certificates made;
  link_peers peers;
  const auto ada = std::make_shared<closed_link>();
  peers.add(numbered(1), {11, made.issue(client_called("ada")).issued, ada});
  peers.add(numbered(2), {12, made.issue(node_called("bank-2")).issued, ada});
  CHECK(peers.who(numbered(1)) == client_called("ada"));
  CHECK(peers.who(numbered(2)) == node_called("bank-2"));
  CHECK_FALSE(peers.who(numbered(3)));
  peers.remove(13);
  CHECK(peers.size() == 2);
  peers.remove(11);
  CHECK_FALSE(peers.who(numbered(1)));
  // An old link of a node ends after its new one has begun.
  peers.add(numbered(2), {14, made.issue(node_called("bank-3")).issued, ada});
  peers.remove(12);
  CHECK(peers.who(numbered(2)) == node_called("bank-3"));
}

TEST_CASE("link_peers: closes those that are not believed, and no other") {
  const cluster_certificates made;
  link_peers peers;
  const auto good = std::make_shared<closed_link>();
  const auto bad = std::make_shared<closed_link>();
  const auto revoked = made.issue(client_called("eve")).issued;
  peers.add(numbered(1), {1, made.issue(client_called("ada")).issued, good});
  peers.add(numbered(2), {2, revoked, bad});
  peers.add(numbered(3), {3, revoked, std::make_shared<closed_link>()}); // gone already
  peers.judge_all([&](const certificate& shown) {
    return shown.facts() == revoked.facts() ? link_breach::certificate_revoked : link_breach::none;
  });
  CHECK(good->breaches.empty());
  CHECK(bad->breaches == std::vector{link_breach::certificate_revoked});
  CHECK(peers.size() == 3); // they go when they have ended
}

} // namespace
} // namespace aiex
