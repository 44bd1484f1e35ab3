#pragma once

#include "aiex/persistence/consensus/log_place.hpp"

namespace aiex::consensus {

/// Vote for me in my term (thesis, section 3.4). Granted once a term, to a log as new as one's own,
/// by who may vote and knows no leader in this term. Whether either is a voter is not asked: who
/// was promoted may not know it yet (etcd testdata/campaign_learner_must_vote.txt).
struct vote_request {
  log_place last{};
  bool is_transfer =
    false; ///< The leader itself asked for it: a known leader is no reason against.

  bool operator==(const vote_request&) const = default;
};

} // namespace aiex::consensus
