#include "aiex/persistence/consensus/step.hpp"

#include "aiex/persistence/consensus/commit.hpp"
#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/consensus/election.hpp"
#include "aiex/persistence/consensus/leading.hpp"
#include "aiex/persistence/consensus/membership.hpp"
#include "aiex/persistence/consensus/on/handlers.hpp"
#include "aiex/persistence/consensus/proposals.hpp"
#include "aiex/persistence/consensus/reads.hpp"
#include "aiex/persistence/consensus/repair.hpp"
#include "aiex/persistence/consensus/replication.hpp"
#include "aiex/persistence/consensus/roles.hpp"
#include "aiex/persistence/consensus/terms.hpp"
#include "aiex/persistence/consensus/tick.hpp"
#include "aiex/persistence/consensus/transfer.hpp"

#include <algorithm>

namespace aiex::consensus {

namespace {

void take(core_state& core, const tick& what, outputs& out) {
  on_tick(core, what.random, out);
}
void take(core_state& core, const received& what, outputs& out) {
  receive(core, what.what, out);
}
void take(core_state& core, const proposal& what, outputs& out) {
  propose(core, what.what, out);
}
void take(core_state& core, const change& what, outputs& out) {
  begin_change(core, what, out);
}
void take(core_state& core, const transfer& what, outputs& out) {
  begin_transfer(core, what.to, out);
}
void take(core_state& core, const read& what, outputs& out) {
  begin_read(core, what.ticket, out);
}

void count_own_vote(core_state& core, outputs& out) {
  const bool is_recorded = core.writes.durable_revision == core.writes.revision;
  if (core.role == role::candidate && is_recorded && core.record.vote == core.self() &&
      core.votes.try_emplace(core.self(), true).second)
    count_votes(core, out);
}

void take(core_state& core, const written& what, outputs& out) {
  if (!finish_write(core, what.number, true))
    return;
  release(core, out);
  count_own_vote(core, out);
  commit_up_to(core, core.committed, out);
  commit_as_leader(core, out);
  send_to_all(core, out);
}

void take(core_state& core, const write_refused& what, outputs& out) {
  const auto& under_way = core.writes.under_way;
  if (!under_way || under_way->number != what.number)
    return;
  const bool had_entries = !under_way->entries.empty();
  const std::uint64_t from = had_entries ? under_way->entries.front().place.index : 0;
  if (!finish_write(core, what.number, false))
    return;
  // Who was alone when they were proposed has shown them to nobody, so that their places can be
  // used again in this term. A candidate asked for votes as one who has them.
  const bool leads_alone = core.is_leader() && was_alone_before(core, from);
  if (had_entries && core.role != role::follower && !leads_alone)
    become_follower(core, core.term(), {}, out);
  const auto later_cut = core.writes.cut_from; // what stands behind it is not what was refused
  if (had_entries && from <= core.last().index && later_cut.value_or(from + 1) > from)
    give_up_entries(core, from, out);
  release(core, out);
  count_own_vote(core, out);
}

void take(core_state& core, const entries_read& what, outputs& out) {
  if (what.damaged != 0)
    note_damage(core, what.damaged, out);
  if (what.asked.is_fetch && !what.entries.empty())
    send(core, what.asked.peer, fetch_answer{what.entries}, out);
  else if (!what.asked.is_fetch)
    send_read(core, what, out);
}
void take(core_state& core, const damaged& what, outputs& out) {
  note_damage(core, what.index, out);
}
void take(core_state& core, const repaired& what, outputs& out) {
  note_repair(core, what.place, out);
}

/// Of a leader: what was sent may not have arrived. Of a follower whose leader it is: nobody need
/// wait for a word from there; the time-out counts as passed, and from the next tick on it may ask
/// for votes. Who still hears that leader refuses them.
void take(core_state& core, const unreachable& what, outputs&) {
  if (!core.leading) {
    if (!what.peer.is_nil() && what.peer == core.leader)
      core.quiet_ticks = std::max(core.quiet_ticks, core.options.election_ticks - 1);
    return;
  }
  const auto found = core.leading->peers.find(what.peer);
  if (found != core.leading->peers.end() && found->second.mode == progress_mode::replicate)
    found->second.probe_again();
}

} // namespace

void step(core_state& core, const input& given, outputs& out) {
  if (core.standing.is_void())
    return;
  std::visit([&](const auto& what) { take(core, what, out); }, given);
  let_write_leave(core, out);
}

} // namespace aiex::consensus
