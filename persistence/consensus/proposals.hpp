#pragma once

#include "aiex/persistence/consensus/core_state.hpp"

namespace aiex::consensus {

/// Appends it and sends it on, before it is durable here (thesis, section 10.2.1); or refuses it.
/// The first configuration of a store that was alone takes its first term record in front of it.
void propose(core_state& core, const entry& what, outputs& out);

/// The disk had no room for the entries from `from` on: they are not there, nor what stood behind.
void give_up_entries(core_state& core, std::uint64_t from, outputs& out);

} // namespace aiex::consensus
