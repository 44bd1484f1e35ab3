// Entries that cannot be read any more, fetched from others. What comes is held against the chain
// of its neighbours by the driver, so anybody may send it. A rule of ours.
#pragma once

#include "aiex/persistence/consensus/core_state.hpp"
#include "aiex/persistence/consensus/input.hpp"

namespace aiex::consensus {

/// Found here. A leader hands over to a voter that has everything, if there is one, and steps down:
/// it could not send the entry.
void note_damage(core_state& core, std::uint64_t index, outputs& out);

/// It is as it was: what could not be acknowledged for it is.
void note_repair(core_state& core, log_place what, outputs& out);

/// Asks for the last damaged entry, which what stands behind it proves: the leader, or without one
/// a peer after the other.
void ask_for_repair(core_state& core, outputs& out);

/// An entry of a peer, which is tried if it is damaged here. One of a known place is certain, as is
/// a committed one of the leader, which has all of them; any other is proven by the one behind it.
/// `is_of_leader`: of this term.
void try_repair(core_state& core, const entry& found, bool is_of_leader, outputs& out);

} // namespace aiex::consensus
