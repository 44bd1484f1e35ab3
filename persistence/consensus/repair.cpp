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

void note_repair(core_state& core, std::uint64_t index, outputs& out) {
  core.standing.repair(index);
  core.terms.set_known(index);
  if (core.role != role::follower || core.leader.is_nil())
    return;
  const std::uint64_t damage = core.standing.first_damaged_behind(core.committed);
  const std::uint64_t matched = damage == 0 ? core.checked : std::min(core.checked, damage - 1);
  send(core, core.leader, replicate_answer{matched, true, matched, {}}, out, matched);
}

void ask_for_repair(core_state& core, outputs& out) {
  const auto& peers = core.members.current().members;
  if (core.standing.damaged().empty() || peers.empty())
    return;
  member_id to = core.leader;
  if (to.is_nil() || to == core.self())
    to = peers[core.next_to_ask++ % peers.size()].id;
  const std::uint64_t index = *core.standing.damaged().begin();
  if (to != core.self())
    send(core, to, fetch_request{index, index}, out);
}

void try_repair(core_state& core, const std::vector<entry>& found, outputs& out) {
  for (const entry& each : found) {
    const auto term = core.terms.term_at(each.place.index);
    if (core.standing.damaged().contains(each.place.index) &&
        term.value_or(each.place.term) == each.place.term)
      out.repairs.push_back({each});
  }
}

} // namespace aiex::consensus
