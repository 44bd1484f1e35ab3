#pragma once

#include "aiex/persistence/consensus/log_place.hpp"

namespace aiex::consensus {

/// Would you vote for me in that term? (thesis, section 9.6). Nobody's term changes by it.
/// Granted if the term is ahead of the receiver's, the log as new, no leader is known, and the
/// receiver may vote. Nothing is recorded.
struct pre_vote_request {
  std::uint64_t for_term = 0;
  log_place last{}; ///< Where the sender's log ends.

  bool operator==(const pre_vote_request&) const = default;
};

} // namespace aiex::consensus
