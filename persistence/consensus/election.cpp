#include "aiex/persistence/consensus/election.hpp"

#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/consensus/roles.hpp"

namespace aiex::consensus {

namespace {

void ask_voters(core_state& core, const payload& what, outputs& out) {
  for (const member& each : core.members.current().members)
    if (each.role == member_role::voter && each.id != core.self())
      send(core, each.id, what, out);
}

void begin_term(core_state& core, bool is_transfer, outputs& out) {
  become_candidate(core, out);
  core.is_transfer = is_transfer;
  ask_voters(core, vote_request{core.last(), is_transfer}, out);
}

} // namespace

bool may_campaign(const core_state& core) {
  return core.members.may_be_voter(core.self()) && core.standing.may_lead(core.last_durable());
}

void campaign(core_state& core, outputs& out) {
  if (!core.options.pre_vote)
    return begin_term(core, false, out);
  become_pre_candidate(core, out);
  core.votes[core.self()] = true;
  ask_voters(core, pre_vote_request{core.term() + 1, core.last()}, out);
  count_votes(core, out);
}

void campaign_for_transfer(core_state& core, outputs& out) {
  begin_term(core, true, out);
}

void count_votes(core_state& core, outputs& out) {
  const auto counted = core.members.current().count([&](member_id id) -> std::optional<bool> {
    const auto found = core.votes.find(id);
    return found == core.votes.end() ? std::nullopt : std::optional{found->second};
  });
  if (counted == tally::pending)
    return;
  if (counted == tally::lost || !may_campaign(core))
    return become_follower(core, core.term(), {}, out);
  if (core.role == role::pre_candidate)
    begin_term(core, false, out);
  else if (core.role == role::candidate)
    become_leader(core, out);
}

bool is_sticky(const core_state& core) {
  const auto time_out = core.options.election_ticks;
  if (!core.options.check_quorum)
    return false;
  return core.is_leader() || core.ticks_since_start < time_out ||
         (!core.leader.is_nil() && core.quiet_ticks < time_out);
}

} // namespace aiex::consensus
