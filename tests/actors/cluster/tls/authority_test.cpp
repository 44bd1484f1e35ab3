#include "aiex/actors/cluster/tls/authority.hpp"
#include "aiex/actors/cluster/tls/verification.hpp"

#include "support/cluster_certificates.hpp"

#include <doctest/doctest.h>

#include <set>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;

const timestamp year_2030{std::chrono::seconds{1'893'456'000}};

certificate_authority some_authority(const char* name = "bank") {
  return sure(certificate_authority::make(name, valid_for(24'000h)));
}

trust trust_of(const certificate_authority& authority) {
  return sure(trust::of(authority.own(), std::nullopt));
}

TEST_CASE("authority: its certificate says what it is") {
  const auto authority =
    sure(certificate_authority::make("bank", {year_2030, year_2030 + 1h + 1us}));
  const certificate_facts& facts = authority.own().facts();
  CHECK(facts.is_authority);
  CHECK_FALSE(facts.who);
  CHECK(facts.subject == "bank");
  CHECK(facts.issuer == "bank");
  CHECK(to_string(facts.not_before) == "2030-01-01T00:00:00.000000Z");
  CHECK(to_string(facts.not_after) == "2030-01-01T01:00:00.000000Z");
  CHECK(facts.serial.size() == 32);
  CHECK(facts.fingerprint.size() == 64);
}

TEST_CASE("authority: what cannot be made") {
  CHECK(certificate_authority::make("", valid_for(1h)).error().code == errc::invalid_argument);
  CHECK(certificate_authority::make("a b", valid_for(1h)).error().code == errc::invalid_argument);
  CHECK(certificate_authority::make("bank", {year_2030, year_2030 + 500ms}).error().code ==
        errc::invalid_argument);
  const auto authority = some_authority();
  struct example {
    const char* what;
    certificate_wish wish;
  };
  const example table[] = {
    {"nobody", {{}, {}, valid_for(1h)}},
    {"no name", {node_called(""), {}, valid_for(1h)}},
    {"a name that would be another URI", {client_called("a?role=admin"), {}, valid_for(1h)}},
    {"no address", {node_called("n"), {"localhost"}, valid_for(1h)}},
    {"an address and more", {node_called("n"), {"10.0.0.1,URI:aiex:node/m"}, valid_for(1h)}},
    {"more addresses than fit",
      {node_called("n"), std::vector<std::string>(certificate_addresses_max + 1, "10.0.0.1"),
        valid_for(1h)}},
    {"longer than the authority", {node_called("n"), {}, valid_for(24'001h)}},
    {"no time at all", {node_called("n"), {}, {year_2030, year_2030}}},
  };
  for (const auto& row : table) {
    CAPTURE(row.what);
    const auto made = authority.issue(row.wish);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == errc::invalid_argument);
  }
}

TEST_CASE("authority: a node's certificate and a client's") {
  const auto authority = some_authority();
  const auto node =
    sure(authority.issue({node_called("bank-1"), {"10.0.0.1", "fd00::1"}, valid_for(1h)}));
  CHECK(node.issued.facts().who == node_called("bank-1"));
  CHECK(
    node.issued.facts().addresses == std::vector<std::string>{"10.0.0.1", "fd00:0:0:0:0:0:0:1"});
  CHECK(node.issued.facts().issuer == "bank");
  CHECK_FALSE(node.issued.facts().is_authority);
  const auto ada = client_called("ada", caller_role::auditing);
  const auto client = sure(authority.issue({ada, {}, valid_for(1h)}));
  CHECK(client.issued.facts().who == ada);
  CHECK(client.issued.facts().addresses.empty());
  CHECK(client.issued.matches(client.key.get()));
  CHECK_FALSE(client.issued.matches(node.key.get()));
  CHECK(authority.has_signed(node.issued));
  CHECK(authority.has_signed(authority.own()));
  CHECK_FALSE(some_authority().has_signed(node.issued));
  CHECK(trust_of(authority).judge(node.issued) == link_breach::none);
  CHECK(trust_of(authority).judge(client.issued) == link_breach::none);
}

TEST_CASE("authority: PEM and back") {
  const auto authority = some_authority();
  const auto made = sure(authority.issue({node_called("n"), {"10.0.0.1"}, valid_for(1h)}));
  const auto read = sure(certificate::parse(made.issued.to_pem()));
  CHECK(read.facts() == made.issued.facts());
  const auto key = sure(private_key::parse(made.key.to_pem()));
  CHECK(read.matches(key.get()));
  const auto again =
    sure(certificate_authority::of(sure(certificate::parse(authority.own().to_pem())),
      sure(private_key::parse(authority.key().to_pem()))));
  CHECK(again.has_signed(read));
  CHECK(certificate_authority::of(read, key).error().code == errc::invalid_data);
  CHECK(certificate_authority::of(authority.own(), key).error().code == errc::invalid_data);
}

TEST_CASE("authority: no two certificates have one serial") {
  const auto authority = some_authority();
  std::set<std::string> serials;
  for (int i = 0; i < 32; ++i)
    serials.insert(
      sure(authority.issue({node_called("n"), {}, valid_for(1h)})).issued.facts().serial);
  CHECK(serials.size() == 32);
}

TEST_CASE("authority: renews with the same key or with another one") {
  const auto authority = some_authority();
  const auto old = sure(authority.issue({node_called("n"), {"10.0.0.1"}, valid_for(1h)}));
  const auto later = valid_for(100h);
  const auto renewed = sure(authority.renew(old.issued, later));
  CHECK(renewed.facts().serial != old.issued.facts().serial);
  CHECK(renewed.facts().who == old.issued.facts().who);
  CHECK(renewed.facts().addresses == old.issued.facts().addresses);
  CHECK(renewed.facts().not_after == std::chrono::floor<std::chrono::seconds>(later.until));
  CHECK(renewed.matches(old.key.get()));
  CHECK(trust_of(authority).judge(renewed) == link_breach::none);

  const auto other = sure(authority.renew_with_key(old.issued, later));
  CHECK(other.issued.matches(other.key.get()));
  CHECK_FALSE(other.issued.matches(old.key.get()));
  CHECK(other.issued.facts().who == old.issued.facts().who);
  CHECK(trust_of(authority).judge(other.issued) == link_breach::none);

  const auto stranger = some_authority("other");
  CHECK(stranger.renew(old.issued, later).error().code == errc::invalid_argument);
  CHECK(stranger.renew_with_key(old.issued, later).error().code == errc::invalid_argument);
  CHECK(authority.renew(old.issued, valid_for(24'001h)).error().code == errc::invalid_argument);
}

TEST_CASE("authority: renews itself, and what it has signed stays good") {
  const auto authority = some_authority();
  const auto node = sure(authority.issue({node_called("n"), {}, valid_for(1h)}));
  const auto renewed = sure(authority.renew(authority.own(), valid_for(48'000h)));
  const auto later = sure(certificate_authority::of(renewed, authority.key()));
  CHECK(trust_of(later).judge(node.issued) == link_breach::none);
  const auto longer = sure(later.issue({node_called("m"), {}, valid_for(47'000h)}));
  CHECK(trust_of(later).judge(longer.issued) == link_breach::none);
  CHECK(authority.renew_with_key(authority.own(), valid_for(1h)).error().code ==
        errc::invalid_argument);
}

TEST_CASE("authority: a list of the revoked grows, and is nobody else's") {
  const auto authority = some_authority();
  const std::string none = authority.empty_list(year_2030);
  CHECK(sure(authority.revoked(none)).empty());
  const std::string one = sure(authority.revoke(none, "0abc", year_2030));
  const std::string two = sure(authority.revoke(one, "FF01", year_2030 + 5s));
  const std::vector<revoked_certificate> expected{{"0abc", year_2030}, {"ff01", year_2030 + 5s}};
  CHECK(sure(authority.revoked(two)) == expected);
  CHECK(sure(authority.revoke(two, "0abc", year_2030 + 9s)) == two);
  for (const char* serial : {"", "xyz", "-1", "00 11"})
    CHECK(authority.revoke(two, serial, year_2030).error().code == errc::invalid_argument);
  CHECK(
    authority.revoke(two, std::string(41, 'a'), year_2030).error().code == errc::invalid_argument);
  CHECK(authority.revoke(two, std::string(40, 'a'), year_2030));
  CHECK(authority.revoked("nothing").error().code == errc::invalid_data);
  CHECK(some_authority().revoked(two).error().code == errc::invalid_data);
  CHECK(some_authority().revoke(two, "01", year_2030).error().code == errc::invalid_data);
}

} // namespace
} // namespace aiex
