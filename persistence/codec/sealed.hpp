#pragma once

#include "aiex/persistence/base/checksum.hpp"
#include "aiex/persistence/codec/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace aiex {

/// `bytes` behind their checksum (XXH3-64, seed 0): LMDB has none of its own.
inline std::string sealed(std::string_view bytes) {
  std::string made;
  made.reserve(8 + bytes.size());
  bytes_writer write{made};
  write.u64(checksum64(bytes, 0));
  write.raw(bytes);
  return made;
}

/// What was sealed, or nothing if it is damaged.
inline std::optional<std::string_view> unsealed(std::string_view stored) {
  bytes_reader read{stored};
  const std::uint64_t sum = read.u64();
  if (!read.ok() || checksum64(stored.substr(8), 0) != sum)
    return std::nullopt;
  return stored.substr(8);
}

} // namespace aiex
