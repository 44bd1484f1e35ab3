// The folder of a cluster's authority: where `aiex cert` keeps what it makes.
//
//   ca.crt ca.key ca.crl          the authority, its key, and whom it has revoked
//   node-NAME.crt node-NAME.key   a node's; client-NAME.… a client's
//   issued/SERIAL.crt             each certificate that was ever made here
//
// ca.key stays in the folder. A node gets ca.crt, ca.crl, its certificate and its key; a client
// gets ca.crt, its certificate and its key.
#pragma once

#include "aiex/actors/cluster/tls/authority.hpp"
#include "aiex/persistence/base/file_descriptor.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace aiex::tool {

/// A certificate in a file, and what is to be said of it.
struct kept_certificate {
  certificate what;
  std::filesystem::path file;
  std::string status{}; ///< "valid", "expired", "not yet valid", "revoked", "untrusted".
};

/// Begins the validity of all: clocks of other machines may be behind by so much.
inline constexpr std::chrono::minutes clock_skew{5};

/// Thread: one at a time; of two processes the second is refused.
class cert_folder {
public:
  /// Makes the folder if need be, and the authority in it. With `replaces` instead of one that is
  /// there, whose certificates are then worth nothing. Errors: already_exists, in_use,
  /// invalid_argument, io, store_full.
  static result<cert_folder> make(std::filesystem::path folder, const std::string& name,
    std::chrono::days length, bool replaces, timestamp now);

  /// Opens what `make` made. Errors: not_found, in_use, invalid_data, denied, io.
  static result<cert_folder> open(std::filesystem::path folder);

  /// Makes a certificate and its key. Errors: already_exists, and those of the authority and files.
  result<kept_certificate> issue(const certificate_wish& wish, bool replaces);

  /// Puts a longer one in the file's place: for `length`, or as long as it was made for. With
  /// `has_new_key` its key is replaced too, which lies beside it. Errors: as above, not_found.
  result<kept_certificate> renew(const std::filesystem::path& file,
    std::optional<std::chrono::days> length, bool has_new_key, timestamp now);

  /// Puts it on the list: the certificate in a file, or by the serial of one made here. Errors:
  /// not_found, invalid_argument (not of this authority), already_exists (it is on it).
  result<kept_certificate> revoke(const std::string& file_or_serial, timestamp now);

  /// Of the authority's certificate, of one in a file, and of all made here, oldest first.
  result<kept_certificate> own() const;
  result<kept_certificate> look_at(const std::filesystem::path& file) const;
  result<std::vector<kept_certificate>> all() const;

  std::filesystem::path list_file() const { return folder_ / "ca.crl"; }
  std::filesystem::path key_file() const { return folder_ / "ca.key"; }

private:
  cert_folder(std::filesystem::path folder, file_descriptor lock, certificate_authority authority)
      : folder_(std::move(folder)), lock_(std::move(lock)), authority_(std::move(authority)) {}

  result<void> remember(const certificate& made) const;
  std::filesystem::path issued_file(const std::string& serial) const;
  result<std::string> status_of(const certificate& what) const;
  result<kept_certificate> with_status(certificate what, std::filesystem::path file) const;

  std::filesystem::path folder_;
  file_descriptor lock_;
  certificate_authority authority_;
};

/// "certs/node-a.key" for "certs/node-a.crt".
std::filesystem::path key_beside(const std::filesystem::path& certificate_file);

/// A certificate in a file. Errors: not_found, invalid_data, io.
result<certificate> read_certificate(const std::filesystem::path& file);

} // namespace aiex::tool
