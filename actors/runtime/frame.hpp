// What nodes send each other: bytes of our own codec in one CAF type.
#pragma once

#include <cstddef>
#include <string>

namespace aiex {

/// Larger messages travel in parts, so that heartbeats never wait long behind one.
inline constexpr std::size_t frame_bytes_max = 256 << 10;

/// A text and not a vector: CAF serialises it a hundred times faster than bytes.
struct frame {
  std::string bytes;

  bool operator==(const frame&) const = default;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, frame& x) {
  return f(x.bytes);
}

} // namespace aiex
