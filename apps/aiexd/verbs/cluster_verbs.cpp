#include "aiexd/verbs/cluster_verbs.hpp"

#include <utility>

namespace aiex {

namespace {

std::string_view role_of(const cluster_view& view) {
  if (view.is_joining)
    return "joining";
  const consensus::member* const self = view.members.find(view.self);
  if (self == nullptr)
    return "removed";
  if (view.role == consensus::role::leader)
    return "leader";
  if (self->role == consensus::member_role::learner)
    return "learner";
  return view.role == consensus::role::follower ? "follower" : "candidate";
}

} // namespace

seen_cluster cluster_seen_by(const node_services& services) {
  cluster_view view = services.cluster->view();
  seen_cluster seen{view.self, view.leader, std::move(view.members), std::move(view.linked),
    services.cluster->applied()};
  seen.applied[seen.self] = view.applied;
  return seen;
}

std::string name_of_member(const seen_cluster& seen, consensus::member_id id) {
  if (id.is_nil())
    return {};
  const consensus::member* const found = seen.members.find(id);
  return found == nullptr || found->name.empty() ? to_string(id) : found->name;
}

void add_cluster_status(json_value& into, const node_services& services) {
  const cluster_view view = services.cluster->view();
  const seen_cluster seen = cluster_seen_by(services);
  const health_report report = health_of(seen);
  const auto head = services.events.events().head();
  into["role"] = role_of(view);
  into["leader"] = view.leader == seen.self ? services.node : name_of_member(seen, view.leader);
  into["term"] = view.term;
  into["head"] = head ? head->position.value : 0;
  into["applied"] = head ? head->position.value : 0;
  into["health"] = head ? word(report.health) : "unhealthy";
  into["reason"] = head ? report.reason : head.error().message;
}

void run_cluster_status(verb_call call) {
  json_value status{{"node", call.services().node}};
  add_cluster_status(status, call.services());
  call.answer(status);
}

void run_cluster_health(verb_call call) {
  const seen_cluster seen = cluster_seen_by(call.services());
  const health_report report = health_of(seen);
  std::size_t voters_linked = 0;
  for (const consensus::member& each : seen.members.members)
    if (each.role == consensus::member_role::voter &&
        (each.id == seen.self || seen.linked.contains(each.id)))
      ++voters_linked;
  call.answer(
    {{"health", word(report.health)}, {"reason", report.reason}, {"voters", seen.members.voters()},
      {"voters_linked", voters_linked}, {"lag_limit", lag_entries_max}});
}

void run_cluster_members(verb_call call) {
  const node_services& services = call.services();
  const seen_cluster seen = cluster_seen_by(services);
  std::string lines;
  for (const consensus::member& each : seen.members.members) {
    const bool is_self = each.id == seen.self;
    json_value line{{"name", is_self ? services.node : name_of_member(seen, each.id)},
      {"address", is_self ? call.node->facts.where->listen() : each.address},
      {"role", each.role == consensus::member_role::voter ? "voter" : "learner"},
      {"reachable", is_self || seen.linked.contains(each.id)}, {"lag", lag_of(seen, each.id)},
      {"leads", each.id == seen.leader}, {"id", to_string(each.id)}};
    lines += to_text(line) + "\n";
  }
  call.answer(lines_reply(std::move(lines)));
}

} // namespace aiex
