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

} // namespace aiex
