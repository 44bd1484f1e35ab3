#include "aiex/persistence/consensus/repair.hpp"

#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/consensus/roles.hpp"

#include <algorithm>

namespace aiex::consensus {

namespace {

void hand_over(core_state& core, outputs& out) {
  for (const auto& [id, peer] : core.leading->peers)
    if (core.members.current().is_voter(id) && peer.match == core.last().index) {
      send(core, id, timeout_now{}, out);
      break;
    }
  become_follower(core, core.term(), {}, out);
}

} // namespace

void note_damage(core_state& core, std::uint64_t index, outputs& out) {
  if (index == 0 || index > core.durable)
    return;
  core.standing.damage(index);
  if (core.is_leader() && core.record_is_stored)
    hand_over(core, out);
}

void note_repair(core_state& core, log_place what, outputs& out) {
  core.standing.repair(what.index);
  core.terms.set_known(what);
  if (core.role != role::follower || core.leader.is_nil())
    return;
  const std::uint64_t damage = core.standing.first_damaged_behind(core.committed);
  const std::uint64_t matched = damage == 0 ? core.checked : std::min(core.checked, damage - 1);
  send(core, core.leader, replicate_answer{matched, true, matched, {}}, out, matched);
}

void ask_for_repair(core_state& core, outputs& out) {
  if (core.standing.damaged().empty())
    return;
  const auto& peers = core.members.current().members;
  const bool is_silent = core.quiet_ticks >= core.options.election_ticks;
  member_id to = core.leader;
  if ((to.is_nil() || to == core.self() || is_silent) && !peers.empty())
    to = peers[core.next_to_ask++ % peers.size()].id;
  const std::uint64_t index = *core.standing.damaged().rbegin();
  if (!to.is_nil() && to != core.self())
    send(core, to, fetch_request{index, index}, out);
}

void try_repair(core_state& core, const entry& found, bool is_of_leader, outputs& out) {
  if (!core.standing.damaged().contains(found.place.index))
    return;
  if (!core.terms.may_be(found.place))
    return;
  const bool is_known = core.terms.term_at(found.place.index).has_value();
  const bool is_committed = is_of_leader && found.place.index <= core.committed;
  const bool is_proven = !core.standing.damaged().contains(found.place.index + 1);
  if (is_known || is_committed || is_proven)
    out.repairs.push_back({found, is_known || is_committed});
}

} // namespace aiex::consensus
