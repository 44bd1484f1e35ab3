// What other nodes tell a group table. Their tables decide about their members; here it is only
// noted, and told to those who monitor.
#include "aiex/actors/cluster/group_table.hpp"

#include <algorithm>
#include <iterator>

namespace aiex {

group_table::acquaintance group_table::on_discover(group_peer peer) {
  if (peer == 0)
    return acquaintance::refused;
  if (knows(peer))
    return acquaintance::known;
  if (peers_.size() >= most_.peers)
    return acquaintance::refused;
  peers_.try_emplace(peer);
  return acquaintance::is_new;
}

group_sync group_table::own_groups() const {
  group_sync all;
  for (const auto& [name, group] : groups_)
    if (group.own > 0)
      all.emplace_back(name, actors_of(group, 0));
  return all;
}

group_outcome group_table::on_sync(group_peer peer, const group_sync& has) {
  if (on_discover(peer) == acquaintance::refused)
    return {};
  if (!is_sound(has))
    return on_peer_down(peer);
  std::map<group_name, std::vector<group_actor>> wanted;
  for (const std::string_view each : peers_.at(peer).groups)
    wanted.try_emplace(group_name{each}); // unless it is told below, it is gone
  for (const auto& [name, who] : has) {
    auto& into = wanted[name];
    into.insert(into.end(), who.begin(), who.end());
  }
  group_outcome then;
  for (auto& [name, who] : wanted)
    replace(peer, name, std::move(who), then);
  return then;
}

/// From what the peer had in this group to what it has.
void group_table::replace(
  group_peer peer, const group_name& name, std::vector<group_actor> has, group_outcome& into) {
  ++into.compared;
  const auto place = groups_.find(name);
  const std::vector<group_actor> had =
    place == groups_.end() ? std::vector<group_actor>{} : actors_of(place->second, peer); // sorted
  std::ranges::sort(has);
  std::vector<group_actor> left;
  std::vector<group_actor> joined;
  std::ranges::set_difference(had, has, std::back_inserter(left));
  std::ranges::set_difference(has, had, std::back_inserter(joined));
  take(name, of(peer, left), into);
  put(name, of(peer, joined), into);
}

group_outcome group_table::on_join(
  group_peer peer, const group_name& group, std::span<const group_actor> who) {
  const auto found = peers_.find(peer);
  if (found == peers_.end())
    return {};
  if (!check_group_name(group) || found->second.memberships + who.size() > most_.memberships)
    return on_peer_down(peer);
  group_outcome then;
  put(group, of(peer, who), then);
  return then;
}

group_outcome group_table::on_leave(
  group_peer peer, const group_name& group, std::span<const group_actor> who) {
  group_outcome then;
  if (knows(peer))
    take(group, of(peer, who), then);
  return then;
}

group_outcome group_table::on_peer_down(group_peer peer) {
  group_outcome then;
  const auto found = peers_.find(peer);
  if (found == peers_.end())
    return then;
  const std::vector<group_name> had(found->second.groups.begin(), found->second.groups.end());
  for (const group_name& each : had)
    take(each, of(peer, actors_of(groups_.find(each)->second, peer)), then);
  peers_.erase(found);
  return then;
}

bool group_table::is_sound(const group_sync& has) const {
  std::size_t memberships = 0;
  for (const auto& [name, who] : has) {
    if (!check_group_name(name) || who.size() > most_.memberships - memberships)
      return false;
    memberships += who.size();
  }
  return true;
}

std::vector<group_actor> group_table::actors_of(const members_of_group& in, group_peer node) {
  std::vector<group_actor> all;
  for (auto each = in.entries.lower_bound({{node, 0}, 0});
       each != in.entries.end() && each->who.node == node; ++each)
    all.push_back(each->who.actor);
  return all;
}

} // namespace aiex
