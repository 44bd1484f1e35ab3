#include "aiex/actors/cluster/tls/certificate.hpp"
#include "aiex/actors/cluster/tls/verification.hpp"

#include "support/cluster_certificates.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace test;

TEST_CASE("certificate: what is none") {
  const cluster_certificates made;
  const std::string pem = made.authority.own().to_pem();
  for (const std::string& text : {std::string{}, std::string{"-----BEGIN CERTIFICATE-----\n"},
         made.authority.key().to_pem(), made.authority.empty_list(now_by_clock()),
         pem.substr(0, pem.size() / 2), std::string(1 << 16, 'x')}) {
    const auto read = certificate::parse(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::invalid_data);
    CHECK_FALSE(private_key::parse(pem));
  }
}

TEST_CASE("certificate: a key with a passphrase is refused, not asked for") {
  // What `openssl pkcs8 -topk8 -passout pass:x` makes of a P-256 key.
  const auto read =
    private_key::parse("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                       "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiYq0ZqW3ZfGgICCAAw\n"
                       "-----END ENCRYPTED PRIVATE KEY-----\n");
  REQUIRE_FALSE(read);
  CHECK(read.error().code == errc::invalid_data);
}

TEST_CASE("certificate: a changed byte changes what it is, or leaves none") {
  const cluster_certificates made;
  const auto node = made.issue(node_called("n"));
  const std::string pem = node.issued.to_pem();
  const trust trusted = sure(trust::of(made.authority.own(), std::nullopt));
  int parsed = 0;
  for (std::size_t at = 40; at + 40 < pem.size(); at += 7) {
    std::string changed = pem;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    if (changed == pem || pem[at] == '\n')
      continue;
    const auto read = certificate::parse(changed);
    parsed += read ? 1 : 0;
    if (read)
      CHECK(trusted.judge(*read) != link_breach::none);
  }
  CHECK(parsed > 0);
}

} // namespace
} // namespace aiex
