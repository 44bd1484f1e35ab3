#pragma once

#include "aiex/persistence/consensus/begin.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/storage/log_storage.hpp"

#include <optional>

namespace aiex {

/// What the state says before its log is looked at.
struct state_says {
  state_head head{};
  std::optional<stored_members> members{};
};

/// What a log shows of itself to the core that will stand on it: where each term begins, the
/// members, the entries that cannot be read. What the state has applied is looked at only where
/// terms change, and its members are held against the entry that names them; what lies behind is
/// read whole. `record` is not looked for. Errors: corrupt (the members are not the log's: the
/// state is damaged), io.
result<consensus::core_start> survey(
  const log_storage& log, const state_says& state, const uuid& history);

/// For one of three voters or more, whose record was found: what cannot be read at the end of the
/// log, and the state has not applied, is to be cut. Others have it, if it was acknowledged, and
/// this node does not vote before it has as much. Up to the term of the record it may have been of
/// any. With fewer voters it may have said that this node is the only one.
void give_up_damaged_end(consensus::core_start& found);

} // namespace aiex
