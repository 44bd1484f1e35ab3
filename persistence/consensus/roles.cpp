// Tested by tests/persistence/consensus/election_test.cpp
#include "aiex/persistence/consensus/roles.hpp"

#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/consensus/reads.hpp"
#include "aiex/persistence/consensus/replication.hpp"

#include <tuple>
#include <utility>

namespace aiex::consensus {

namespace {

void tell_role(const core_state& core, outputs& out) {
  out.role = role_change{core.role, core.term(), core.leader};
}

/// What was only a leader's, a follower's or a candidate's ends, and who waits for it is told.
void leave_role(core_state& core, outputs& out) {
  core.votes.clear();
  core.is_transfer = false;
  for (const auto& each : core.asked_reads)
    out.reads_done.push_back({each.first, {}});
  core.asked_reads.clear();
  if (!core.leading)
    return;
  const leader_state left = std::move(*std::exchange(core.leading, {}));
  for (const waiting_read& each : left.reads)
    refuse_read(core, each, out);
  if (left.change)
    out.changes_done.push_back({left.change->ticket,
      fail(errc::unknown_outcome,
        "this node no longer leads; look whether the new leader has the change, else repeat it")});
}

void enter_term(core_state& core, std::uint64_t term) {
  core.record.term = term;
  core.record.vote = {};
  core.checked = core.committed;
  record_changed(core);
  drop_waiting(core);
}

} // namespace

void become_follower(core_state& core, std::uint64_t term, member_id leader, outputs& out) {
  const auto before = std::tuple{core.role, core.term(), core.leader};
  if (core.role != role::follower || term != core.term() || leader != core.leader)
    leave_role(core, out);
  if (core.is_leader())
    core.quiet_ticks = 0;
  if (term > core.term())
    enter_term(core, term);
  core.role = role::follower;
  core.leader = leader;
  if (before != std::tuple{core.role, core.term(), core.leader})
    tell_role(core, out);
}

void become_pre_candidate(core_state& core, outputs& out) {
  leave_role(core, out);
  core.role = role::pre_candidate;
  core.leader = {};
  core.quiet_ticks = 0;
  tell_role(core, out);
}

void become_candidate(core_state& core, outputs& out) {
  leave_role(core, out);
  enter_term(core, core.term() + 1);
  core.record.vote = core.self();
  core.role = role::candidate;
  core.leader = {};
  core.quiet_ticks = 0;
  tell_role(core, out);
}

void become_leader(core_state& core, outputs& out) {
  leave_role(core, out);
  core.role = role::leader;
  core.leader = core.self();
  core.checked = core.last().index;
  core.leading.emplace();
  core.leading->term_start = core.last().index + 1;
  core.leading->ticks_to_check = core.options.election_ticks;
  follow_configuration(core);
  for (auto& each : core.leading->peers)
    each.second.added_at = 0; // others have this configuration
  tell_role(core, out);
  out.wants.push_back({entry_kind::no_op, {}});
  send_heartbeats(core, out);
}

void resume_leading(core_state& core) {
  core.role = role::leader;
  core.leader = core.self();
  core.record.vote = core.self();
  core.committed = core.last().index;
  core.checked = core.last().index;
  core.leading.emplace();
  core.leading->term_start = core.terms.last_run_begins();
  core.leading->ready = true;
  core.leading->ticks_to_check = core.options.election_ticks;
}

} // namespace aiex::consensus
