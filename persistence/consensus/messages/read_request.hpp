#pragma once

#include <cstdint>

namespace aiex::consensus {

/// A follower's read: up to where must its state be? (thesis, section 6.4)
struct read_request {
  std::uint64_t ticket = 0;

  bool operator==(const read_request&) const = default;
};

} // namespace aiex::consensus
