#include "aiex/actors/cluster/cluster_health.hpp"

#include <algorithm>

namespace aiex {

namespace {

std::string name_of(const consensus::member& who) {
  return who.name.empty() ? to_string(who.id) : who.name;
}

void add(std::string& list, const std::string& name) {
  list += (list.empty() ? "" : ", ") + name;
}

} // namespace

std::uint64_t lag_of(const seen_cluster& seen, consensus::member_id member) {
  const auto found = seen.applied.find(member);
  if (found == seen.applied.end())
    return 0;
  std::uint64_t furthest = 0;
  for (const auto& [id, index] : seen.applied)
    furthest = std::max(furthest, index);
  return furthest - found->second;
}

std::optional<consensus::member> successor_of(const seen_cluster& seen, consensus::member_id but) {
  std::optional<consensus::member> best;
  for (const consensus::member& each : seen.members.members) {
    const bool can_lead = each.role == consensus::member_role::voter && each.id != but &&
                          (each.id == seen.self || seen.linked.contains(each.id));
    if (can_lead && (!best || lag_of(seen, each.id) < lag_of(seen, best->id)))
      best = each;
  }
  return best;
}

health_report health_of(const seen_cluster& seen) {
  if (seen.members.members.empty())
    return {cluster_health::unhealthy, "this node waits to be taken into the cluster"};
  if (seen.members.is_alone(seen.self))
    return {cluster_health::single_node, "one node, no cluster"};
  if (seen.members.find(seen.self) == nullptr)
    return {cluster_health::unhealthy, "this node is not a member of the cluster any more"};
  const auto is_linked = [&](consensus::member_id id) {
    return id == seen.self || seen.linked.contains(id);
  };
  std::string missing;
  std::string behind;
  for (const consensus::member& each : seen.members.members) {
    if (each.role != consensus::member_role::voter)
      continue;
    if (!is_linked(each.id))
      add(missing, name_of(each));
    else if (lag_of(seen, each.id) > lag_entries_max)
      add(behind, name_of(each));
  }
  const auto votes =
    seen.members.count([&](consensus::member_id id) { return std::optional{is_linked(id)}; });
  if (votes != consensus::tally::won)
    return {cluster_health::unhealthy, "no majority: not linked with " + missing};
  if (seen.leader.is_nil())
    return {cluster_health::unhealthy, "nobody leads the cluster at the moment"};
  if (!missing.empty())
    return {cluster_health::degraded, "not linked with " + missing};
  if (!behind.empty())
    return {cluster_health::degraded, "far behind: " + behind};
  return {cluster_health::healthy, "all voters are linked"};
}

std::string_view word(cluster_health health) noexcept {
  switch (health) {
  case cluster_health::healthy: return "healthy";
  case cluster_health::degraded: return "degraded";
  case cluster_health::unhealthy: return "unhealthy";
  case cluster_health::single_node: return "single_node";
  }
  return "unhealthy";
}

} // namespace aiex
