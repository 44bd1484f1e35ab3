#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace aiex {

/// 128 bits in the order they are printed (RFC 9562). Any version is accepted; aiex makes
/// version 7.
struct uuid {
  std::array<std::uint8_t, 16> bytes{};

  bool operator==(const uuid&) const = default;
  auto operator<=>(const uuid&) const = default;

  bool is_nil() const noexcept { return *this == uuid{}; }
  std::string_view view() const noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

/// "01932c4e-…-…": 36 characters, lower case.
std::string to_string(const uuid& id);

/// 8-4-4-4-12 hexadecimal digits of either case. Nothing else, and not the nil UUID.
std::optional<uuid> parse_uuid(std::string_view text) noexcept;

/// The 16 bytes of `uuid::view()` back. Precondition: 16 bytes.
uuid uuid_from_bytes(std::string_view bytes) noexcept;

/// Makes version 7 UUIDs that ascend, also within one millisecond and when the clock goes back
/// (RFC 9562, section 6.2, method 1: a 12-bit counter in rand_a, seeded with its top bit clear).
/// Knows no clock and no randomness: both are given. Thread: one at a time.
class uuid_maker {
public:
  /// At least 64 random bits at each call.
  using random_source = std::function<std::uint64_t()>;

  explicit uuid_maker(random_source random) : random_(std::move(random)) {}

  /// `unix_ms` below 2^48, else broken_invariant. More than 2048 in one millisecond may carry times
  /// a little ahead of it.
  uuid make(std::uint64_t unix_ms);

private:
  random_source random_;
  std::uint64_t last_ms_ = 0;
  std::uint32_t counter_ = 0;
};

/// 64 bits from the system's random source. Any thread.
std::uint64_t system_random();

} // namespace aiex

template <>
struct std::hash<aiex::uuid> {
  std::size_t operator()(const aiex::uuid& id) const noexcept;
};
