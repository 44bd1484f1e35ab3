#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace aiex {

/// Two lower-case digits per byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

/// Fills `bytes` from exactly twice as many digits, of either case. False, and `bytes` unspecified,
/// for any other text.
[[nodiscard]] bool from_hex(std::string_view digits, std::span<std::uint8_t> bytes) noexcept;

} // namespace aiex
