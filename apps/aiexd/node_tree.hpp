#pragma once

#include "aiex/actors/flow/bus.hpp"
#include "aiex/supervision/supervisor.hpp"

#include "aiexd/gateway.hpp"

namespace aiex {

/// The children of a node's top supervisor.
supervisor_spec node_tree(
  const gateway_environment_pointer& node, const std::shared_ptr<bus_memory>& memory);

} // namespace aiex
