#pragma once

#include "aiex/persistence/consensus/core_state.hpp"

namespace aiex::consensus {

/// Time passes (etcd raft.go: tickElection, tickHeartbeat). Without a leader for one to two
/// election time-outs, evenly spread by `random`, a node campaigns. A leader sends heartbeats, and
/// steps down when it did not hear a majority for an election time-out (thesis, section 6.2).
/// At most one tick a turn of the driver: who was stopped must not conclude that others were
/// silent.
void on_tick(core_state& core, std::uint64_t random, outputs& out);

} // namespace aiex::consensus
