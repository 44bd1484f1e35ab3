// The cluster, as it looks from this node.
#pragma once

#include "aiex/actors/cluster/cluster_health.hpp"

#include "aiexd/verbs/verb_call.hpp"

#include <string>

namespace aiex {

/// What the node's sight of the cluster shows, with itself among those who have applied something.
seen_cluster cluster_seen_by(const node_services& services);

/// "n2", or the member's id as long as no name is known; empty for nobody.
std::string name_of_member(const seen_cluster& seen, consensus::member_id id);

/// What `status` says of the cluster: role, leader, term, head, applied, health and its reason.
void add_cluster_status(json_value& into, const node_services& services);

void run_cluster_status(verb_call call);
void run_cluster_health(verb_call call);
void run_cluster_members(verb_call call);

} // namespace aiex
