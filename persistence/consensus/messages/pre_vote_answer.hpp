#pragma once

#include <cstdint>

namespace aiex::consensus {

/// Counts for a pre-campaign for that very term, whatever the term of who answers: that may well be
/// behind (etcd raft.go: Step puts the term of the request into it for this reason).
struct pre_vote_answer {
  std::uint64_t for_term = 0;
  bool granted = false;

  bool operator==(const pre_vote_answer&) const = default;
};

} // namespace aiex::consensus
