// Certificates and keys as files.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace aiex {

enum class pem_secrecy : std::uint8_t {
  open,  ///< Mode 0644.
  secret ///< Mode 0600, from its first byte on.
};

/// At most `pem_bytes_max`. Errors: not_found, data_too_large, io.
result<std::string> read_pem_file(const std::filesystem::path& file);

/// The same of a private key. Errors: those, and denied (everybody may read it).
result<std::string> read_key_file(const std::filesystem::path& file);

/// Writes it whole or not at all: beside it, synced, renamed. Without `replaces` what is there
/// stays. Errors: already_exists, io, store_full.
result<void> write_pem_file(
  const std::filesystem::path& file, std::string_view pem, pem_secrecy secrecy, bool replaces);

} // namespace aiex
