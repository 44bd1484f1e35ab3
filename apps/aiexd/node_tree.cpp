// The tree of a node. Beside it run the store's writer and readers: a store that fails is never
// started again beside itself, it ends the process.
//
//   aiexd (rest_for_one)
//   ├── bus        hands out what the log has applied; what it remembers outlives its crashes
//   └── gateway    answers clients; the door before it stays
//
// Tested by tests/apps/aiexd/node_test.cpp
#include "aiexd/node_tree.hpp"

#include "aiex/supervision/spawns.hpp"

namespace aiex {

supervisor_spec node_tree(
  const gateway_environment_pointer& node, const std::shared_ptr<bus_memory>& memory) {
  const node_services& services = node->services;
  supervisor_spec spec;
  spec.how = strategy::rest_for_one;
  spec.limit = {10, std::chrono::seconds{10}};
  spec.children = {
    worker("bus", in_registry(services.names, "bus", spawns(bus, services.events, memory))),
    worker("gateway", in_registry(services.names, "gateway", spawns(gateway, node))),
  };
  return spec;
}

} // namespace aiex
