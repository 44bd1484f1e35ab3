#pragma once

#include <cstdint>

namespace aiex::consensus {

/// Entries in the place of damaged ones. Anybody will do: what comes is held against the chain of
/// its neighbours, so no term is asked and nobody is deposed by it.
struct fetch_request {
  std::uint64_t from = 0;
  std::uint64_t to = 0; ///< Included.

  bool operator==(const fetch_request&) const = default;
};

} // namespace aiex::consensus
