#pragma once

#include <cstdint>
#include <string_view>

namespace aiex {

/// XXH3-64 of `bytes` under `seed`: finds damage, proves nothing. The seed says where the bytes
/// belong, so that bytes in the wrong place fail too.
std::uint64_t checksum64(std::string_view bytes, std::uint64_t seed) noexcept;

} // namespace aiex
