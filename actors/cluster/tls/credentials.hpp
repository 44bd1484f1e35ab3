// What a process proves itself with, and whom it believes: one of them for all its links.
//
// The files are looked at again and again while the process runs: a renewed certificate is shown
// from the next link on, and who has been revoked meanwhile is judged anew. What cannot be loaded
// is reported, and what was loaded before stays.
#pragma once

#include "aiex/actors/cluster/tls/certificate.hpp"
#include "aiex/actors/cluster/tls/tls_channel.hpp"
#include "aiex/persistence/base/error.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace aiex {

/// Files in PEM. The certificate and its key are this process's; the authority is that of all.
struct tls_files {
  std::string certificate{};
  std::string key{};
  std::string authority{};
  std::string revocations{}; ///< Empty: nobody is revoked.

  bool operator==(const tls_files&) const = default;
};

/// The largest chain of certificates that the other side may show, in bytes.
inline constexpr long shown_bytes_max = 16 << 10;

/// Thread: any.
class tls_credentials : public std::enable_shared_from_this<tls_credentials> {
public:
  /// Each file is there and is what it should be, the key is the certificate's, the authority has
  /// signed it, and it is valid now. Errors: not_found, invalid_data, denied (it is not believed,
  /// or its key is open to everybody), io; all name the file.
  static result<std::shared_ptr<tls_credentials>> load(tls_files files);

  /// Loads again what has changed. True: it did. Errors: those of `load`, once for each change.
  result<bool> look();

  /// How often they were loaded. Raised by `look`, whoever called it.
  std::uint64_t loads() const;

  /// Our own certificate, as it is now.
  certificate_facts own() const;

  /// Whether a certificate is to be believed now: `none` if so.
  link_breach judge(const certificate& other) const;

  /// TLS 1.3 on a connected socket, which stays the caller's; the other side has to show a
  /// certificate of our authority.
  std::unique_ptr<tls_channel> accept(int fd) const;
  std::unique_ptr<tls_channel> dial(int fd) const;

private:
  struct loaded;
  using signs = std::array<std::int64_t, 16>; // of the files: when each of them was changed

  explicit tls_credentials(tls_files files) : files_(std::move(files)) {}
  static result<std::shared_ptr<const loaded>> load_all(const tls_files& files);
  signs signs_now() const;
  std::shared_ptr<const loaded> current() const;
  std::unique_ptr<tls_channel> channel(int fd, bool accepts) const;

  const tls_files files_;
  mutable std::mutex lock_; // guards all below
  std::shared_ptr<const loaded> loaded_;
  std::uint64_t loads_ = 1;
  signs seen_{};
};

} // namespace aiex
