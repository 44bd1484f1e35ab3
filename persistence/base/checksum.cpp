#include "aiex/persistence/base/checksum.hpp"

#include <xxhash.h>

namespace aiex {

std::uint64_t checksum64(std::string_view bytes, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

} // namespace aiex
