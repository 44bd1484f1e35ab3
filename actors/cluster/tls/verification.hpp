// Whom an authority vouches for: chains, dates, uses and revocations.
#pragma once

#include "aiex/actors/cluster/link_breach.hpp"
#include "aiex/actors/cluster/tls/certificate.hpp"

#include <memory>
#include <optional>
#include <string_view>

// OpenSSL's, whose headers stay out of ours.
struct x509_store_st;

namespace aiex {

/// One authority and, if there is one, its list of revoked certificates. Thread: any.
class trust {
public:
  /// The revocation list in PEM, or nothing. Errors: invalid_data (no authority, or not its list).
  static result<trust> of(const certificate& authority, std::optional<std::string_view> list);

  /// Whether it may be used now, for a link from this side or from the other: `none` if so.
  link_breach judge(const certificate& other) const;

  x509_store_st* store() const noexcept { return store_.get(); }

private:
  explicit trust(std::shared_ptr<x509_store_st> store) : store_(std::move(store)) {}
  std::shared_ptr<x509_store_st> store_;
};

/// What OpenSSL calls a number (X509_V_ERR_…); `none` for X509_V_OK.
link_breach breach_of_verification(long outcome) noexcept;

} // namespace aiex
