#pragma once

namespace aiex::consensus {

/// Campaign at once, without a pre-vote: the leader hands over (thesis, section 3.10).
struct timeout_now {
  bool operator==(const timeout_now&) const = default;
};

} // namespace aiex::consensus
