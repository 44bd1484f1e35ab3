#include "aiex/actors/cluster/tls/verification.hpp"

#include "support/cluster_certificates.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;

TEST_CASE("verification: what is believed") {
  const cluster_certificates ours;
  const cluster_certificates others;
  const cluster_certificates of_our_name;
  const auto now = now_by_clock();
  const auto revoked = ours.issue(node_called("revoked"));
  const std::string list =
    sure(ours.authority.revoke(ours.authority.empty_list(now), revoked.issued.facts().serial, now));
  const trust trusted = sure(trust::of(ours.authority.own(), list));
  struct example {
    const char* name;
    certificate shown;
    link_breach expected;
  };
  const example table[] = {
    {"a node", ours.issue(node_called("n")).issued, link_breach::none},
    {"a client", ours.issue(client_called("c")).issued, link_breach::none},
    {"another authority's", others.issue(node_called("n")).issued,
      link_breach::certificate_untrusted},
    {"an authority's of the same name", of_our_name.issue(node_called("n")).issued,
      link_breach::certificate_untrusted},
    {"another authority", others.authority.own(), link_breach::certificate_untrusted},
    {"expired", ours.issue(node_called("n"), {now - 2h, now - 1h}).issued,
      link_breach::certificate_expired},
    {"not yet valid", ours.issue(node_called("n"), {now + 1h, now + 2h}).issued,
      link_breach::certificate_not_yet_valid},
    {"revoked", revoked.issued, link_breach::certificate_revoked},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    CHECK(trusted.judge(row.shown) == row.expected);
  }
  const trust without_list = sure(trust::of(ours.authority.own(), std::nullopt));
  CHECK(without_list.judge(revoked.issued) == link_breach::none);
}

TEST_CASE("verification: an authority, and its list") {
  const cluster_certificates ours;
  const cluster_certificates others;
  const auto node = ours.issue(node_called("n"));
  CHECK(trust::of(node.issued, std::nullopt).error().code == errc::invalid_data);
  for (const std::string& list : {std::string{}, std::string{"x"},
         others.authority.empty_list(now_by_clock()), ours.authority.own().to_pem()})
    CHECK(trust::of(ours.authority.own(), list).error().code == errc::invalid_data);
}

TEST_CASE("verification: an authority that has ended vouches for nobody") {
  const auto now = now_by_clock();
  const auto ended = sure(certificate_authority::make("old", {now - 2h, now - 1h}));
  const auto node = sure(ended.issue({node_called("n"), {}, {now - 2h, now - 1h}}));
  const trust trusted = sure(trust::of(ended.own(), std::nullopt));
  CHECK(trusted.judge(node.issued) == link_breach::certificate_expired);
}

} // namespace
} // namespace aiex
