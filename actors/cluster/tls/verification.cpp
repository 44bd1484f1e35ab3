#include "aiex/actors/cluster/tls/verification.hpp"

#include "aiex/actors/cluster/tls/internal/openssl.hpp"

namespace aiex {

result<trust> trust::of(const certificate& authority, std::optional<std::string_view> list) {
  if (!authority.facts().is_authority)
    return fail(errc::invalid_data, "is no authority's certificate");
  ERR_clear_error();
  openssl::store made{X509_STORE_new()};
  openssl::must(made && X509_STORE_add_cert(made.get(), authority.get()) == 1, "trust: no store");
  if (list) {
    const auto from = openssl::reading(*list);
    const openssl::revocation_list read{
      PEM_read_bio_X509_CRL(from.get(), nullptr, nullptr, nullptr)};
    const bool is_its = read && X509_CRL_verify(read.get(), X509_get0_pubkey(authority.get())) == 1;
    ERR_clear_error();
    if (!is_its)
      return fail(errc::invalid_data, "holds no list of revoked certificates of this authority");
    openssl::must(X509_STORE_add_crl(made.get(), read.get()) == 1 &&
                    X509_STORE_set_flags(made.get(), X509_V_FLAG_CRL_CHECK) == 1,
      "trust: no list");
  }
  return trust{std::shared_ptr<x509_store_st>{made.release(), X509_STORE_free}};
}

link_breach trust::judge(const certificate& other) const {
  ERR_clear_error();
  const openssl::store_context context{X509_STORE_CTX_new()};
  openssl::must(
    context && X509_STORE_CTX_init(context.get(), store_.get(), other.get(), nullptr) == 1,
    "trust: no context");
  X509_STORE_CTX_set_depth(context.get(), 0);
  X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_CLIENT); // of nodes and clients
  const bool is_good = X509_verify_cert(context.get()) == 1;
  const int outcome = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  return is_good ? link_breach::none : breach_of_verification(outcome);
}

link_breach breach_of_verification(long outcome) noexcept {
  switch (outcome) {
  case X509_V_OK: return link_breach::none;
  case X509_V_ERR_CERT_HAS_EXPIRED: return link_breach::certificate_expired;
  case X509_V_ERR_CERT_NOT_YET_VALID: return link_breach::certificate_not_yet_valid;
  case X509_V_ERR_CERT_REVOKED: return link_breach::certificate_revoked;
  default: return link_breach::certificate_untrusted;
  }
}

} // namespace aiex
