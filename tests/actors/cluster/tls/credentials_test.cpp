#include "aiex/actors/cluster/tls/credentials.hpp"

#include "support/cluster_certificates.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using namespace test;

TEST_CASE("credentials: files that are right") {
  const cluster_certificates made;
  const auto own = sure(tls_credentials::load(made.files(node_called("bank-1"))));
  CHECK(own->own().who == node_called("bank-1"));
  CHECK_FALSE(sure(own->look()));
  auto without_list = made.files(client_called("ada"));
  without_list.revocations.clear();
  CHECK(sure(tls_credentials::load(without_list))->own().who == client_called("ada"));
}

TEST_CASE("credentials: files that are not") {
  const cluster_certificates made;
  const cluster_certificates other;
  const auto right = made.files(node_called("n"));
  const auto foreign = other.files(node_called("n"));
  const auto now = now_by_clock();
  struct example {
    const char* name;
    tls_files files;
    errc code;
    std::string names;
  };
  const auto with = [&](std::string tls_files::*field, std::string value) {
    tls_files files = right;
    files.*field = std::move(value);
    return files;
  };
  const std::string authority_key = made.path("authority.key");
  made.write("authority.key", made.authority.key().to_pem());
  auto of_authority = right;
  of_authority.certificate = right.authority;
  of_authority.key = authority_key;
  const example table[] = {
    {"no certificate", with(&tls_files::certificate, made.path("none")), errc::not_found, "none"},
    {"no key", with(&tls_files::key, made.path("none")), errc::not_found, "none"},
    {"no authority", with(&tls_files::authority, made.path("none")), errc::not_found, "none"},
    {"no list", with(&tls_files::revocations, made.path("none")), errc::not_found, "none"},
    {"a key for a certificate", with(&tls_files::certificate, right.key), errc::invalid_data,
      right.key},
    {"a certificate for a key", with(&tls_files::key, right.certificate), errc::invalid_data,
      right.certificate},
    {"a node for an authority", with(&tls_files::authority, right.certificate), errc::invalid_data,
      right.certificate},
    {"another's key", with(&tls_files::key, foreign.key), errc::invalid_data, foreign.key},
    {"another's list", with(&tls_files::revocations, foreign.revocations), errc::invalid_data,
      foreign.revocations},
    {"another authority", {right.certificate, right.key, foreign.authority, foreign.revocations},
      errc::denied, right.certificate},
    {"the authority itself", of_authority, errc::invalid_data, right.authority},
    {"expired", made.files(node_called("expired"), {now - 2h, now - 1h}), errc::denied,
      "expired.crt"},
    {"not yet valid", made.files(node_called("early"), {now + 1h, now + 2h}), errc::denied,
      "early.crt"},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    const auto loaded = tls_credentials::load(row.files);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().code == row.code);
    CHECK(loaded.error().message.find(row.names) != std::string::npos);
  }
  std::filesystem::permissions(right.key, std::filesystem::perms{0644});
  CHECK(tls_credentials::load(right).error().code == errc::denied);
}

TEST_CASE("credentials: are loaded again when a file has changed") {
  const cluster_certificates made;
  const auto files = made.files(node_called("n"));
  const auto own = sure(tls_credentials::load(files));
  const auto before = own->own();
  const auto other = made.issue(client_called("ada"));
  CHECK(own->judge(other.issued) == link_breach::none);

  made.revoke(other.issued.facts().serial);
  CHECK(own->judge(other.issued) == link_breach::none); // not looked yet
  CHECK(own->loads() == 1);
  CHECK(sure(own->look()));
  CHECK(own->loads() == 2);
  CHECK(own->judge(other.issued) == link_breach::certificate_revoked);
  CHECK_FALSE(sure(own->look()));
  CHECK(own->loads() == 2);

  made.files(node_called("n"), valid_for(300h)); // renewed
  CHECK(sure(own->look()));
  CHECK(own->own().serial != before.serial);
  CHECK(own->own().not_after > before.not_after);
}

TEST_CASE("credentials: what cannot be loaded is said once, and changes nothing") {
  const cluster_certificates made;
  const auto files = made.files(node_called("n"));
  const auto own = sure(tls_credentials::load(files));
  const auto before = own->own();
  const std::string pem = sure(read_pem_file(files.certificate));
  made.write("n.crt", "nothing");
  CHECK(own->look().error().code == errc::invalid_data);
  CHECK_FALSE(sure(own->look()));
  CHECK(own->own() == before);
  std::filesystem::remove(files.certificate);
  CHECK(own->look().error().code == errc::not_found);
  made.write("n.crt", pem);
  CHECK(sure(own->look()));
  CHECK(own->own() == before);

  // Half of a new pair: when the other half comes, it is taken.
  const auto next = made.issue(node_called("n"));
  made.write("n.crt", next.issued.to_pem());
  CHECK(own->look().error().code == errc::invalid_data);
  made.write("n.key", next.key.to_pem());
  CHECK(sure(own->look()));
  CHECK(own->own() == next.issued.facts());

  const auto somebody = made.issue(node_called("m"));
  made.write("n.crt", somebody.issued.to_pem());
  (void)own->look();
  made.write("n.key", somebody.key.to_pem());
  CHECK(own->look().error().code == errc::denied);
  CHECK(own->own() == next.issued.facts());
}

} // namespace
} // namespace aiex
