// What a leader sends to whom (thesis, section 3.5; etcd raft.go: maybeSendAppend).
#pragma once

#include "aiex/persistence/consensus/core_state.hpp"
#include "aiex/persistence/consensus/input.hpp"

namespace aiex::consensus {

/// To one peer as much as its window holds: entries, and the commit index where that can help it.
/// Entries that are no longer in memory are asked for first. Nothing if not leading.
void send_entries(core_state& core, member_id peer, outputs& out);

/// A request without entries even if the window is full: its answer says what was lost.
void send_probe(core_state& core, member_id peer, outputs& out);

void send_to_all(core_state& core, outputs& out);
void send_heartbeats(core_state& core, outputs& out);

/// Peers are who the newest configuration names, oneself left out.
void follow_configuration(core_state& core);

/// What was asked of the log is there.
void send_read(core_state& core, const entries_read& found, outputs& out);

} // namespace aiex::consensus
