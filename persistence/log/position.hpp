#pragma once

#include <compare>
#include <cstdint>

namespace aiex {

/// The place of an event in the whole log: 1, 2, 3, … without a gap, the same on every node, within
/// one history. 0 stands before the first event.
struct position {
  std::uint64_t value = 0;

  constexpr auto operator<=>(const position&) const = default;
  constexpr position next() const noexcept { return {value + 1}; }
};

/// The position `count` events later.
constexpr position operator+(position where, std::uint64_t count) noexcept {
  return {where.value + count};
}

} // namespace aiex
