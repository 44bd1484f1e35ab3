// Changes of members, one at a time (thesis, chapter 4; etcd raft.go: MsgProp in stepLeader). A
// change begins only when an entry of the leader's own term is committed: before, one of an earlier
// leader may still be half done and the majorities of both need not meet (Ongaro's correction of
// 2015).
#pragma once

#include "aiex/persistence/consensus/core_state.hpp"
#include "aiex/persistence/consensus/input.hpp"

namespace aiex::consensus {

/// Wants the entry that says it, or says why not: no_quorum (not leading), overloaded (another
/// change or a transfer is under way, a learner has not caught up), and what `changed` says.
void begin_change(core_state& core, const change& asked, outputs& out);

/// Whether a configuration may be proposed now: nothing of the one before is open, and at most one
/// voter comes or goes.
bool may_propose(const core_state& core, const configuration& next);

/// A learner acknowledged up to `match`: its round may be over, and the next one begins.
void note_progress(core_state& core, member_id learner, std::uint64_t match);

/// Rounds of learners last one tick longer.
void age_rounds(core_state& core);

} // namespace aiex::consensus
