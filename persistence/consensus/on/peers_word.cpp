// What a leader does with the answers of its peers (etcd raft.go: stepLeader).
// Tested by tests/persistence/consensus/replication_test.cpp
#include "aiex/persistence/consensus/leading.hpp"
#include "aiex/persistence/consensus/membership.hpp"
#include "aiex/persistence/consensus/on/handlers.hpp"
#include "aiex/persistence/consensus/reads.hpp"
#include "aiex/persistence/consensus/replication.hpp"
#include "aiex/persistence/consensus/transfer.hpp"

#include <algorithm>

namespace aiex::consensus {

namespace {

/// The peer, if this is its newest life; one that began anew is compared from scratch.
progress* who_answered(core_state& core, const message& from) {
  if (!core.leading)
    return nullptr;
  const auto found = core.leading->peers.find(from.from);
  if (found == core.leading->peers.end() || from.run < found->second.run)
    return nullptr;
  if (from.run > found->second.run && found->second.run != 0)
    found->second.restart(from.run, core.last().index);
  found->second.run = from.run;
  found->second.heard = true;
  return &found->second;
}

} // namespace

void on(core_state& core, const message& from, const replicate_answer& what, outputs& out) {
  progress* peer = who_answered(core, from);
  if (peer == nullptr || what.matched > core.last().index)
    return;
  if (what.matches) {
    if (!peer->acknowledge(what.matched))
      return;
    note_progress(core, from.from, what.matched);
    commit_as_leader(core, out);
    send_entries(core, from.from, out);
    continue_transfer(core, out);
    return;
  }
  // Behind what both logs can have in common nobody need ask (etcd log.go: findConflictByTerm).
  const log_place hint = core.terms.conflict_hint(what.hint.index, what.hint.term);
  if (peer->refuse(what.asked, hint.index))
    send_entries(core, from.from, out);
}

void on(core_state& core, const message& from, const heartbeat_answer& what, outputs& out) {
  progress* peer = who_answered(core, from);
  if (peer == nullptr)
    return;
  peer->is_paused = false;
  peer->read_round = std::max(peer->read_round, what.read_round);
  confirm_reads(core, out);
  const bool is_behind = peer->match < core.last().index || peer->mode == progress_mode::probe;
  if (!is_behind)
    return;
  const std::uint64_t sent_before = peer->next;
  const bool is_probe = peer->mode == progress_mode::probe;
  send_entries(core, from.from, out);
  if (!is_probe && peer->next == sent_before && !peer->is_reading)
    send_probe(core, from.from, out); // all that was sent may be lost
}

} // namespace aiex::consensus
