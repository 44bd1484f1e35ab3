#pragma once

namespace aiex::consensus {

/// Leaves only when the vote is durable.
struct vote_answer {
  bool granted = false;

  bool operator==(const vote_answer&) const = default;
};

} // namespace aiex::consensus
