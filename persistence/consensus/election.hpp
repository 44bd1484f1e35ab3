// How a leader is found (thesis, sections 3.4 and 9.6; etcd raft.go: hup, campaign, poll).
#pragma once

#include "aiex/persistence/consensus/core_state.hpp"

namespace aiex::consensus {

/// A voter of the newest configuration, or of the one before while that may still count (thesis,
/// section 4.2.2), whose log is whole as far as anybody can know.
bool may_campaign(const core_state& core);

/// First asks who would vote for it, and only if a majority would begins a term. Precondition:
/// `may_campaign`, and not leading.
void campaign(core_state& core, outputs& out);

/// Begins a term at once: the leader hands over.
void campaign_for_transfer(core_state& core, outputs& out);

/// Won, lost or still open; and what follows.
void count_votes(core_state& core, outputs& out);

/// A leader is known and was heard within an election time-out, or could not yet have been heard by
/// one that just started; a leader hears itself. Who asks for votes then is not listened to
/// (thesis, section 4.2.3; the first time-out of a life is a rule of ours: before it began this
/// node may have heard one).
bool is_sticky(const core_state& core);

} // namespace aiex::consensus
