// Tested by tests/apps/aiexd/node_tree_test.cpp
#include "aiex/actors/cluster/cluster_child.hpp"

#include "aiex/actors/cluster/members.hpp"
#include "aiex/actors/cluster/membership.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include <string>
#include <utility>

namespace aiex {

child_spec cluster_child(const mesh_options& links, const caf::actor& writer,
  const std::shared_ptr<cluster_sight>& sight, const supervision_context& parent) {
  supervisor_spec spec{.how = strategy::rest_for_one};
  spec.children = {
    mesh_child(links),
    worker(
      "members", via(links.names, "members", spawns<caf::detached>(members, writer, links.names))),
    worker("membership", via(links.names, "membership",
                           spawns(membership, own_membership{links.self.store, links.self.name, {}},
                             links.address, writer, links.names, sight))),
  };
  return supervisor_child("cluster", std::move(spec), parent);
}

} // namespace aiex
