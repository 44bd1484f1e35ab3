// The transitions between roles (etcd raft.go: becomeFollower, becomePreCandidate, becomeCandidate,
// becomeLeader, reset).
#pragma once

#include "aiex/persistence/consensus/core_state.hpp"

namespace aiex::consensus {

/// Precondition: `term` is not smaller than now. `leader`: nil if unknown.
void become_follower(core_state& core, std::uint64_t term, member_id leader, outputs& out);

/// Nothing but the role changes: neither term nor vote.
void become_pre_candidate(core_state& core, outputs& out);

/// In the next term, with its own vote, which counts once it is durable.
void become_candidate(core_state& core, outputs& out);

/// Of the term it won. Wants a no-op: an entry of its own term, without which nothing of the terms
/// before is known to be committed (thesis, sections 3.6.2 and 6.4).
void become_leader(core_state& core, outputs& out);

/// Alone and going on in its term: all there is is committed, and nothing need be written.
void resume_leading(core_state& core);

} // namespace aiex::consensus
