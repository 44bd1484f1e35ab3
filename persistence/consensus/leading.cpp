// Tested by tests/persistence/consensus/replication_test.cpp
#include "aiex/persistence/consensus/leading.hpp"

#include "aiex/persistence/consensus/commit.hpp"
#include "aiex/persistence/consensus/reads.hpp"
#include "aiex/persistence/consensus/replication.hpp"
#include "aiex/persistence/consensus/roles.hpp"

#include <utility>

namespace aiex::consensus {

void commit_as_leader(core_state& core, outputs& out) {
  if (!core.leading)
    return;
  const std::uint64_t before = core.committed;
  commit_up_to(core, committed_if_durable(core, core.durable), out);
  if (core.committed == before)
    return;
  leader_state& leading = *core.leading;
  send_to_all(core, out);
  leading.ready = leading.ready || core.committed >= leading.term_start;
  if (!leading.reads.empty())
    confirm_reads(core, out);
  if (leading.change && leading.change->index > 0 && leading.change->index <= core.committed) {
    const waiting_change done = *std::exchange(leading.change, {});
    out.changes_done.push_back({done.ticket, done.index});
  }
  const bool is_voter = core.members.current().is_voter(core.self());
  if (!is_voter && core.members.index() <= core.committed)
    become_follower(core, core.term(), {}, out);
}

} // namespace aiex::consensus
