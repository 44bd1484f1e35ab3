#include "aiex/actors/cluster/link_peers.hpp"

#include <utility>
#include <vector>

namespace aiex {

void link_peers::add(const basp::node_id& node, known peer) {
  const std::lock_guard lock(lock_);
  all_.insert_or_assign(node, std::move(peer));
}

void link_peers::remove(link_id id) {
  const std::lock_guard lock(lock_);
  std::erase_if(all_, [id](const auto& each) { return each.second.link == id; });
}

std::optional<peer_identity> link_peers::who(const basp::node_id& node) const {
  const std::lock_guard lock(lock_);
  const auto found = all_.find(node);
  return found == all_.end() ? std::nullopt : found->second.shown.facts().who;
}

void link_peers::judge_all(const std::function<link_breach(const certificate&)>& judge) {
  std::vector<known> now;
  {
    const std::lock_guard lock(lock_);
    for (const auto& [node, each] : all_)
      now.push_back(each);
  }
  for (const known& each : now)
    if (const auto breach = judge(each.shown); breach != link_breach::none)
      if (const auto connection = each.connection.lock())
        connection->abort(breach);
}

std::size_t link_peers::size() const {
  const std::lock_guard lock(lock_);
  return all_.size();
}

} // namespace aiex
