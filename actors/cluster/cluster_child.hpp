// What links a node's store with those of the other nodes, in the node's tree:
//
//   cluster         rest_for_one
//     mesh          links this node with the others
//     members       speaks with them for the store
//     membership    keeps this node's place among the members
#pragma once

#include "aiex/actors/cluster/mesh.hpp"
#include "aiex/actors/flow/cluster_sight.hpp"
#include "aiex/supervision/tree/child_spec.hpp"
#include "aiex/supervision/tree/supervision_event.hpp"

#include <caf/actor.hpp>

#include <memory>

namespace aiex {

/// `writer`: the store's.
child_spec cluster_child(const mesh_options& links, const caf::actor& writer,
  const std::shared_ptr<cluster_sight>& sight, const supervision_context& parent);

} // namespace aiex
