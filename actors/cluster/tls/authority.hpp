// The authority of a cluster: makes certificates for its nodes and clients, and takes them back.
//
// Everything is in memory and in PEM; whoever calls keeps the files. Keys are EC P-256, signatures
// ECDSA with SHA-256, serials 126 random bits.
#pragma once

#include "aiex/actors/cluster/tls/certificate.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace aiex {

struct validity {
  timestamp from{};  ///< Cut to whole seconds, as in certificates.
  timestamp until{}; ///< Not beyond the authority's own end.
};

inline constexpr std::size_t certificate_addresses_max = 32;

struct certificate_wish {
  peer_identity who{};                  ///< A node, or a client.
  std::vector<std::string> addresses{}; ///< Of a node: IPv4 or IPv6. None: it may be at any.
  validity valid{};
};

/// A certificate with the key that was made for it.
struct issued_certificate {
  certificate issued;
  private_key key;
};

/// One certificate of a list of revoked ones.
struct revoked_certificate {
  std::string serial{};
  timestamp revoked_at{};

  bool operator==(const revoked_certificate&) const = default;
};

/// Precondition of all: times between the years 1970 and 9999. Thread: one at a time.
class certificate_authority {
public:
  /// A new one with this name. Errors: invalid_argument (no name, or too long; an empty validity).
  static result<certificate_authority> make(const std::string& name, const validity& valid);

  /// Errors: invalid_data (no authority, or not its key).
  static result<certificate_authority> of(certificate own, private_key key);

  /// Errors: invalid_argument (no name, address or validity that can be).
  result<issued_certificate> issue(const certificate_wish& wish) const;

  /// The same certificate with another serial and validity; with the same key, or with a new one,
  /// which is then answered too. The authority's own as well, with the same key. Errors:
  /// invalid_argument (not signed by this authority; validity).
  result<certificate> renew(const certificate& old, const validity& valid) const;
  result<issued_certificate> renew_with_key(const certificate& old, const validity& valid) const;

  /// A list of nothing, or of what `list` holds and this serial: signed, in PEM. Holds until the
  /// authority's end: nobody is kept out because a list was not renewed. Twice is once. Errors:
  /// invalid_data (not a list of this authority), invalid_argument (no serial).
  std::string empty_list(timestamp now) const;
  result<std::string> revoke(std::string_view list, const std::string& serial, timestamp now) const;

  /// Errors: invalid_data (not a list of this authority).
  result<std::vector<revoked_certificate>> revoked(std::string_view list) const;

  /// Whether it has signed it.
  bool has_signed(const certificate& other) const;

  const certificate& own() const noexcept { return own_; }
  const private_key& key() const noexcept { return key_; }

private:
  certificate_authority(certificate own, private_key key)
      : own_(std::move(own)), key_(std::move(key)) {}

  certificate own_;
  private_key key_;
};

} // namespace aiex
