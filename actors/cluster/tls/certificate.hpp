// A certificate: who it is for, until when, and whether it is to be believed.
#pragma once

#include "aiex/actors/cluster/link_breach.hpp"
#include "aiex/actors/cluster/tls/peer_identity.hpp"
#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/timestamp.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// OpenSSL's, whose headers stay out of ours.
struct x509_st;
struct evp_pkey_st;

namespace aiex {

/// A certificate, a key or a list of revoked ones is never longer: a list of 20,000 fits.
inline constexpr std::size_t pem_bytes_max = 1 << 20;

/// What stands in it, for people.
struct certificate_facts {
  bool is_authority = false;
  std::optional<peer_identity> who{};   ///< Nothing: the authority, or not one of aiex.
  std::string subject{};                ///< Its common name.
  std::string issuer{};                 ///< That of who signed it.
  std::string serial{};                 ///< Lower-case hexadecimal digits.
  timestamp not_before{};               ///< In whole seconds.
  timestamp not_after{};                ///< The last second in which it is valid.
  std::vector<std::string> addresses{}; ///< It may be dialled by these only; none: by any.
  std::string fingerprint{};            ///< SHA-256 of all of it, in hexadecimal.

  bool operator==(const certificate_facts&) const = default;
};

/// Never changes. Copies share it. Thread: any.
class certificate {
public:
  /// The first one of a PEM text. Errors: invalid_data.
  static result<certificate> parse(std::string_view pem);

  /// Takes a reference of its own.
  explicit certificate(x509_st* shared);

  const certificate_facts& facts() const noexcept { return *facts_; }
  std::string to_pem() const;

  /// Whether its private key is this one.
  bool matches(evp_pkey_st* key) const;

  x509_st* get() const noexcept { return handle_.get(); }

private:
  std::shared_ptr<x509_st> handle_;
  std::shared_ptr<const certificate_facts> facts_;
};

/// A private key. Thread: any.
class private_key {
public:
  /// Of a PEM text without a passphrase. Errors: invalid_data.
  static result<private_key> parse(std::string_view pem);

  /// A new one: EC P-256.
  static private_key make();

  std::string to_pem() const;
  evp_pkey_st* get() const noexcept { return handle_.get(); }

private:
  explicit private_key(std::shared_ptr<evp_pkey_st> handle) : handle_(std::move(handle)) {}
  std::shared_ptr<evp_pkey_st> handle_;
};

} // namespace aiex
