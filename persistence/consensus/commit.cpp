#include "aiex/persistence/consensus/commit.hpp"

#include <algorithm>

namespace aiex::consensus {

std::uint64_t committed_if_durable(const core_state& core, std::uint64_t durable) {
  if (!core.leading)
    return std::min(core.committed, durable);
  const leader_state& leading = *core.leading;
  const auto reached = core.members.current().reached_by_majority([&](member_id id) {
    if (id == core.self())
      return durable;
    const auto found = leading.peers.find(id);
    return found == leading.peers.end() ? std::uint64_t{0} : found->second.match;
  });
  return reached >= leading.term_start ? std::max(core.committed, reached) : core.committed;
}

void commit_up_to(core_state& core, std::uint64_t index, outputs& out) {
  core.committed = std::max(core.committed, index);
  if (core.leading) {
    leader_state& its = *core.leading;
    while (its.uncommitted.size() > core.last().index - core.committed) {
      its.uncommitted_bytes -= its.uncommitted.front();
      its.uncommitted.pop_front();
    }
  }
  const std::uint64_t here = std::min(core.committed, core.durable);
  if (here > core.told_committed) {
    core.told_committed = here;
    core.members.settle(here);
    out.committed = here;
  }
}

} // namespace aiex::consensus
