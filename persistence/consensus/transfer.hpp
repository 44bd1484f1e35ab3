// Handing leadership over (thesis, section 3.10; etcd raft.go: MsgTransferLeader).
#pragma once

#include "aiex/persistence/consensus/core_state.hpp"

namespace aiex::consensus {

/// To a voter: proposals are refused until it has all there is and is told to campaign, or an
/// election time-out has passed. Anybody else, and who does not lead: ignored.
void begin_transfer(core_state& core, member_id to, outputs& out);

/// Who is to lead may have caught up by now.
void continue_transfer(core_state& core, outputs& out);

void age_transfer(core_state& core);

} // namespace aiex::consensus
