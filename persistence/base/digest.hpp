#pragma once

#include "aiex/persistence/base/hex.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aiex {

/// A SHA-256 digest (FIPS 180-4). `to_hex` prints it.
using digest = std::array<std::uint8_t, 32>;

/// 64 hexadecimal digits of either case; nothing for anything else.
std::optional<digest> digest_from_hex(std::string_view text) noexcept;

/// Its 32 bytes as text; valid as long as `value`.
inline std::string_view view(const digest& value) noexcept {
  return {reinterpret_cast<const char*>(value.data()), value.size()};
}

/// The reverse. Precondition: 32 bytes.
digest digest_from_bytes(std::string_view bytes) noexcept;

/// Computes one digest after another. Keeps OpenSSL's context, which costs more to make than a
/// short text costs to hash. Thread: one at a time. Throws broken_invariant if OpenSSL refuses.
class sha256 {
public:
  sha256();
  ~sha256();
  sha256(sha256&&) noexcept;
  sha256& operator=(sha256&&) noexcept;

  void update(std::string_view bytes);
  void update_u64(std::uint64_t value); ///< As eight bytes, little endian.

  /// The digest of what was given since the last one.
  digest finish();

private:
  struct context;
  std::unique_ptr<context> context_;
};

} // namespace aiex
