#include "aiex/actors/cluster/link_admission.hpp"

#include <algorithm>

namespace aiex {

std::optional<link_id> link_admission::accepted(link_id id, time_point now) {
  pending_.emplace(id, now + limits_.handshake_deadline);
  if (pending_.size() <= limits_.pending_max)
    return std::nullopt;
  const link_id oldest = pending_.begin()->first;
  pending_.erase(pending_.begin());
  return oldest;
}

link_admission::handshake link_admission::shook_hands(link_id id, const basp::node_id& node) {
  if (link_of(node))
    return handshake::node_taken;
  if (linked_.size() >= limits_.links_max)
    return handshake::too_many_links;
  pending_.erase(id);
  linked_.emplace(id, node);
  return handshake::welcome;
}

void link_admission::closed(link_id id) {
  pending_.erase(id);
  linked_.erase(id);
}

std::optional<link_id> link_admission::link_of(const basp::node_id& node) const {
  const auto found = std::find_if(
    linked_.begin(), linked_.end(), [&](const auto& link) { return link.second == node; });
  return found == linked_.end() ? std::nullopt : std::optional{found->first};
}

std::vector<link_id> link_admission::overdue(time_point now) const {
  std::vector<link_id> due;
  for (const auto& [id, deadline] : pending_)
    if (deadline <= now)
      due.push_back(id);
  return due;
}

} // namespace aiex
