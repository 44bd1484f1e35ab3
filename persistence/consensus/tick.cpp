// Tested by tests/persistence/consensus/election_test.cpp
#include "aiex/persistence/consensus/tick.hpp"

#include "aiex/persistence/consensus/election.hpp"
#include "aiex/persistence/consensus/membership.hpp"
#include "aiex/persistence/consensus/reads.hpp"
#include "aiex/persistence/consensus/repair.hpp"
#include "aiex/persistence/consensus/replication.hpp"
#include "aiex/persistence/consensus/roles.hpp"
#include "aiex/persistence/consensus/transfer.hpp"

#include <algorithm>

namespace aiex::consensus {

namespace {

bool hears_majority(const core_state& core) {
  return core.members.current().reached_by_majority([&](member_id id) -> std::uint64_t {
    const auto found = core.leading->peers.find(id);
    const bool heard =
      id == core.self() || (found != core.leading->peers.end() && found->second.heard);
    return heard ? 1 : 0;
  }) == 1;
}

void tick_leader(core_state& core, outputs& out) {
  leader_state& leading = *core.leading;
  if (--leading.ticks_to_check == 0) {
    leading.ticks_to_check = core.options.election_ticks;
    if (core.options.check_quorum && !hears_majority(core))
      return become_follower(core, core.term(), {}, out);
    for (auto& each : leading.peers)
      each.second.heard = false;
  }
  if (!leading.ready && core.last().index < leading.term_start) // there was no room for it
    out.wants.push_back({entry_kind::no_op, {}});
  age_transfer(core);
  age_rounds(core);
  if (leading.ticks_to_heartbeat <= 1)
    send_heartbeats(core, out);
  else
    --leading.ticks_to_heartbeat;
}

void tick_other(core_state& core, std::uint64_t random, outputs& out) {
  age_reads(core, out);
  const std::uint64_t longest = std::uint64_t{2} * core.options.election_ticks;
  core.quiet_ticks = static_cast<std::uint32_t>(
    std::min<std::uint64_t>(std::uint64_t{core.quiet_ticks} + 1, longest - 1));
  if (!may_campaign(core))
    return;
  const configuration& members = core.members.current();
  const bool is_only_voter = members.voters() == 1 && members.is_voter(core.self());
  const bool is_time =
    core.quiet_ticks >= core.options.election_ticks && random % (longest - core.quiet_ticks) == 0;
  if (is_time || (is_only_voter && core.role == role::follower))
    campaign(core, out);
}

} // namespace

void on_tick(core_state& core, std::uint64_t random, outputs& out) {
  core.ticks_since_start = std::min(core.ticks_since_start + 1, core.options.election_ticks);
  if (core.is_leader())
    tick_leader(core, out);
  else
    tick_other(core, random, out);
  ask_for_repair(core, out);
}

} // namespace aiex::consensus
