#include "aiex/persistence/base/uuid.hpp"

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/hex.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace aiex {
namespace {

// Where the five groups of a printed UUID begin, in digits, and where they begin in bytes.
struct group {
  std::size_t text_at, digits, byte_at;
};
constexpr group groups[] = {{0, 8, 0}, {9, 4, 4}, {14, 4, 6}, {19, 4, 8}, {24, 12, 10}};
constexpr std::size_t text_size = 36;

constexpr std::uint64_t unix_ms_end = std::uint64_t{1} << 48; // in the year 10889
constexpr std::uint32_t counter_end = 1U << 12;
constexpr std::uint64_t counter_seed_mask =
  0x7ff; // top bit clear: at least 2048 steps before it overflows

void store_big_endian(std::uint64_t value, std::span<std::uint8_t, 8> out) {
  for (std::size_t i = 0; i < 8; ++i)
    out[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
}

} // namespace

std::string to_string(const uuid& id) {
  std::string text(text_size, '-');
  for (const auto& part : groups) {
    const auto bytes = std::span{id.bytes}.subspan(part.byte_at, part.digits / 2);
    to_hex(bytes).copy(text.data() + part.text_at, part.digits);
  }
  return text;
}

std::optional<uuid> parse_uuid(std::string_view text) noexcept {
  if (text.size() != text_size)
    return std::nullopt;
  uuid id;
  for (const auto& part : groups) {
    if (part.text_at > 0 && text[part.text_at - 1] != '-')
      return std::nullopt;
    const auto bytes = std::span{id.bytes}.subspan(part.byte_at, part.digits / 2);
    if (!from_hex(text.substr(part.text_at, part.digits), bytes))
      return std::nullopt;
  }
  if (id.is_nil())
    return std::nullopt;
  return id;
}

uuid uuid_from_bytes(std::string_view bytes) noexcept {
  uuid id;
  std::memcpy(id.bytes.data(), bytes.data(), id.bytes.size());
  return id;
}

uuid uuid_maker::make(std::uint64_t unix_ms) {
  invariant(unix_ms < unix_ms_end, "uuid_maker: the time does not fit into 48 bits");
  const bool overflow = unix_ms <= last_ms_ && counter_ + 1 == counter_end;
  if (unix_ms > last_ms_ || overflow) {
    last_ms_ = overflow ? last_ms_ + 1 : unix_ms; // ahead of the clock rather than out of order
    counter_ = static_cast<std::uint32_t>(random_() & counter_seed_mask);
  } else {
    ++counter_;
  }

  constexpr std::uint64_t version_7 = 0x7000;
  constexpr std::uint64_t variant = std::uint64_t{0b10} << 62;
  uuid id;
  const auto bytes = std::span{id.bytes};
  store_big_endian(last_ms_ << 16 | version_7 | counter_, bytes.first<8>());
  store_big_endian(variant | random_() >> 2, bytes.last<8>());
  return id;
}

std::uint64_t system_random() {
  std::uint64_t bits = 0;
  invariant(getentropy(&bits, sizeof bits) == 0, "the system has no random source");
  return bits;
}

} // namespace aiex

std::size_t std::hash<aiex::uuid>::operator()(const aiex::uuid& id) const noexcept {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, id.bytes.data(), 8);
  std::memcpy(&low, id.bytes.data() + 8, 8);
  // The halves of a made id share bits with their neighbours: one multiplication spreads them.
  const std::uint64_t mixed = (high ^ (low << 31 | low >> 33)) * 0x9e3779b97f4a7c15ULL;
  return static_cast<std::size_t>(mixed ^ mixed >> 32);
}
