#pragma once

#include "aiex/persistence/consensus/core_state.hpp"

namespace aiex::consensus {

/// A message from a member: whose term it is decides first (thesis, section 3.3; etcd raft.go:
/// Step).
///
///   of another history, not for this store, unsound   dropped
///   of a greater term     that term begins here, unless it asks for a vote and a leader is known;
///                         pre-votes never begin one
///   of a smaller term     who leads or campaigns there is told the newer one; all else is dropped
///   fetch                 stands outside: it proves itself, and who repairs deposes nobody
void receive(core_state& core, const message& given, outputs& out);

} // namespace aiex::consensus
