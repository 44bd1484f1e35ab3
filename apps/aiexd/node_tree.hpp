#pragma once

#include "aiex/actors/cluster/mesh.hpp"
#include "aiex/actors/flow/bus.hpp"
#include "aiex/actors/flow/crash_ledger.hpp"
#include "aiex/actors/flow/node_part.hpp"
#include "aiex/actors/flow/store_child.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "aiexd/gateway.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace aiex {

/// What a node's tree is made of.
struct node_tree_parts {
  gateway_environment_pointer node;
  store_actors store;
  mesh_options mesh;
  std::shared_ptr<cluster_sight> sight;
  std::shared_ptr<bus_memory> memory;
  std::shared_ptr<crash_ledger_memory> crashes;
  std::vector<node_part> user;
  std::function<void(const error&)> on_models_failure{}; ///< Read models cannot be written.
};

/// The children of a node's top supervisor, whose path is `top`'s.
supervisor_spec node_tree(const node_tree_parts& parts, const supervision_context& top);

} // namespace aiex
