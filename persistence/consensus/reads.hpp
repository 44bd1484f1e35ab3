// Reads that see everything that was answered before they began, without writing (thesis, section
// 6.4; etcd read_only.go). A leader notes its commit index and learns in a round of heartbeats that
// it led at that moment. While a round is under way later reads gather for the next one.
#pragma once

#include "aiex/persistence/consensus/core_state.hpp"

namespace aiex::consensus {

/// Here, or at the leader if another node leads.
void begin_read(core_state& core, std::uint64_t ticket, outputs& out);

/// Precondition: leading. Of a peer, or of this node (`peer` nil); index and round come here.
void add_read(core_state& core, waiting_read read, outputs& out);

/// There is no room for it, or no leader any more.
void refuse_read(core_state& core, const waiting_read& lost, outputs& out);

/// A peer answered a round, or something was committed: the first entry of a leader, or members.
void confirm_reads(core_state& core, outputs& out);

/// A follower gives up what it asked an election time-out ago.
void age_reads(core_state& core, outputs& out);

} // namespace aiex::consensus
