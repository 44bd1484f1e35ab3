#pragma once

#include "aiex/persistence/consensus/core_state.hpp"

namespace aiex::consensus {

/// What is committed if the log is durable here up to `durable`: for a leader what a majority has,
/// at any index, as soon as that reaches an entry of its own term (thesis, section 3.6.2; etcd
/// raft.go: maybeCommit). Never less than now.
std::uint64_t committed_if_durable(const core_state& core, std::uint64_t durable);

/// Raises the commit index. What is durable here of it is told.
void commit_up_to(core_state& core, std::uint64_t index, outputs& out);

} // namespace aiex::consensus
