// What follows when a leader's entries reach more places.
#pragma once

#include "aiex/persistence/consensus/core_state.hpp"

namespace aiex::consensus {

/// Commits what a majority has, tells everybody, and does what waited for it: reads, a change of
/// members, stepping down of a leader that is no voter any more (thesis, section 4.2.2).
void commit_as_leader(core_state& core, outputs& out);

} // namespace aiex::consensus
