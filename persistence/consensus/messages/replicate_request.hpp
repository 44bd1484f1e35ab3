#pragma once

#include "aiex/persistence/consensus/entry.hpp"

#include <cstdint>
#include <vector>

namespace aiex::consensus {

/// These stand behind `previous` in my log (thesis, section 3.5). Without entries: do we agree up
/// to there?
struct replicate_request {
  log_place previous{};
  std::vector<entry> entries{}; ///< One behind the other, terms never back.
  std::uint64_t committed = 0;  ///< The receiver clips it to what it has compared in this term.
  std::uint64_t acknowledged =
    0; ///< The most the receiver acknowledged in this term, in all its lives.

  bool operator==(const replicate_request&) const = default;
};

} // namespace aiex::consensus
