// The tree of a node. What is listed later stands on what is listed before: it is started later,
// stopped earlier, and started again with it.
//
//   aiexd (rest_for_one)
//   ├── store (one_for_one)   the node ends if any of its actors does
//   │   ├── writer            commits
//   │   ├── reader-1
//   │   └── reader-2
//   ├── cluster (rest_for_one)
//   │   ├── mesh              links this node with the others of its cluster
//   │   ├── members           speaks with them for the store
//   │   └── membership        keeps this node's place among the members
//   ├── models                commits what projections and aggregates save
//   ├── bus                   hands out what the log has applied; what it remembers outlives it
//   ├── groups/aiex           who is a member of which process group
//   ├── sessions (one_for_one)
//   │   ├── aggregates/$session (one_for_all)
//   │   │   ├── live          the active ones, an actor each
//   │   │   └── router
//   │   ├── $sessions         the list of all
//   │   └── service           answers what is asked of sessions
//   ├── …                     the parts of the user's program
//   ├── gateway               answers clients; the door before it stays
//   └── ledger                writes down what crashes here
//
// Tested by tests/apps/aiexd/node_tree_test.cpp
#include "aiexd/node_tree.hpp"

#include "aiex/actors/cluster/cluster_child.hpp"
#include "aiex/actors/cluster/group_scope.hpp"
#include "aiex/actors/cluster/sessions.hpp"
#include "aiex/actors/flow/models_writer.hpp"
#include "aiex/supervision/tree/spawns.hpp"

namespace aiex {

supervisor_spec node_tree(const node_tree_parts& parts, const supervision_context& top) {
  const node_services& services = parts.node->services;
  const auto named = [&](const std::string& id, start_function start, worker_options options = {}) {
    return worker(id, via(services.names, id, std::move(start)), options);
  };
  supervisor_spec spec{.how = strategy::rest_for_one,
    .limit = {10, std::chrono::seconds{10}},
    .ends = auto_shutdown::any_significant};
  spec.children = {
    store_child(parts.store, top),
    cluster_child(parts.mesh, parts.store.writer, parts.sight, top),
    named("models",
      spawns<caf::detached>(models_writer, services.models, services.aggregate_snapshots,
        models_writer_limits{}, parts.on_models_failure),
      {.handler_limit = commit_limit}),
    named("bus", spawns(bus, services.events, parts.memory)),
  };
  spec.children.push_back(group_scope_child(services.names, std::string{default_group_scope}));
  spec.children.push_back(sessions().make(services, top));
  for (const node_part& each : parts.user)
    spec.children.push_back(each.make(services, top));
  spec.children.push_back(named("gateway", spawns(gateway, parts.node)));
  spec.children.push_back(named("ledger", spawns(crash_ledger, services, parts.crashes)));
  return spec;
}

} // namespace aiex
