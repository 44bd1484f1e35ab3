// What is to be made durable, and what waits for it. A message leaves only when the newest term
// record and what it says of the log are durable (thesis, section 3.8; etcd raft.go: send). Entries
// to others leave before they are durable here (thesis, section 10.2.1).
#pragma once

#include "aiex/persistence/consensus/core_state.hpp"

namespace aiex::consensus {

/// To `to`, once the log is durable up to `needs_durable` and the term record as it is now.
void send(
  core_state& core, member_id to, payload what, outputs& out, std::uint64_t needs_durable = 0);

/// The record changed: it goes with the next write.
void record_changed(core_state& core);

/// Precondition: `what` stands right behind the last entry.
void append(core_state& core, const entry& what);

/// The log ends before `from` now. Nothing at or below the commit index is ever cut: that, and two
/// configurations at once, is a failure, and false.
[[nodiscard]] bool cut(core_state& core, std::uint64_t from, outputs& out);

/// What has gathered leaves, if nothing is under way.
void let_write_leave(core_state& core, outputs& out);

/// The write that was under way is done; with or without its entries. False: it was not.
bool finish_write(core_state& core, std::uint64_t number, bool has_entries);

/// What waited for what is durable now.
void release(core_state& core, outputs& out);

/// Whether this node was the only member already when the entry there was proposed: nobody else has
/// seen it.
bool was_alone_before(const core_state& core, std::uint64_t index);

/// The term changed: what was to be said in the one before is not.
void drop_waiting(core_state& core);

} // namespace aiex::consensus
