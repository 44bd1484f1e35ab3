// An authority with certificates in a folder of a test's own.
#pragma once

#include "aiex/actors/cluster/tls/authority.hpp"
#include "aiex/actors/cluster/tls/credentials.hpp"
#include "aiex/actors/cluster/tls/pem_file.hpp"

#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

inline timestamp now_by_clock() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// From an hour ago on, for so long from now.
inline validity valid_for(std::chrono::hours from_now) {
  return {now_by_clock() - std::chrono::hours{1}, now_by_clock() + from_now};
}

template <class Value>
Value sure(result<Value> what) {
  if (!what)
    FAIL(what.error().message);
  return std::move(*what);
}

inline peer_identity node_called(std::string name) {
  return {peer_kind::node, std::move(name)};
}
inline peer_identity client_called(std::string name, caller_role role = caller_role::reading) {
  return {peer_kind::client, std::move(name), role};
}

class cluster_certificates {
public:
  explicit cluster_certificates(
    const std::string& name = "bank", const validity& valid = valid_for(std::chrono::hours{24'000}))
      : authority(sure(certificate_authority::make(name, valid))) {
    write("ca.crt", authority.own().to_pem());
    write("ca.crl", authority.empty_list(now_by_clock()));
  }

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  void write(const std::string& name, const std::string& pem) const {
    const auto written = write_pem_file(path(name), pem, pem_secrecy::secret, true);
    if (!written)
      FAIL(written.error().message);
  }

  issued_certificate issue(const peer_identity& who,
    const validity& valid = valid_for(std::chrono::hours{240}),
    std::vector<std::string> addresses = {}) const {
    return sure(authority.issue({who, std::move(addresses), valid}));
  }

  /// Written to files, which are named after who it is.
  tls_files files_of(const issued_certificate& issued) const {
    const std::string name = issued.issued.facts().who->name;
    write(name + ".crt", issued.issued.to_pem());
    write(name + ".key", issued.key.to_pem());
    return {path(name + ".crt"), path(name + ".key"), path("ca.crt"), path("ca.crl")};
  }
  tls_files files(const peer_identity& who,
    const validity& valid = valid_for(std::chrono::hours{240}),
    std::vector<std::string> addresses = {}) const {
    return files_of(issue(who, valid, std::move(addresses)));
  }
  std::shared_ptr<tls_credentials> credentials(const peer_identity& who) const {
    return sure(tls_credentials::load(files(who)));
  }

  /// Signed by our authority, and names nobody: as another program of theirs would have it.
  issued_certificate nameless() const {
    auto made = issue(client_called("nobody"));
    X509* changed = X509_dup(made.issued.get());
    const int at = X509_get_ext_by_NID(changed, NID_subject_alt_name, -1);
    X509_EXTENSION_free(X509_delete_ext(changed, at));
    X509_sign(changed, authority.key().get(), EVP_sha256());
    made.issued = certificate{changed};
    X509_free(changed);
    return made;
  }

  void revoke(const std::string& serial) const {
    write("ca.crl",
      sure(authority.revoke(sure(read_pem_file(path("ca.crl"))), serial, now_by_clock())));
  }

private:
  temporary_folder folder_;

public:
  certificate_authority authority;
};

} // namespace aiex::test
