// What the nodes of tests of the mesh are made of, in the tests' process and in others.
#pragma once

#include "aiex/actors/cluster/mesh.hpp"

#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

#include <cstdint>

namespace aiex::test {

inline uuid uuid_of(std::uint8_t number) {
  uuid id;
  id.bytes.fill(number);
  return id;
}

/// What a node publishes.
inline caf::behavior mesh_door(caf::event_based_actor* self, registry names) {
  return {
    [self, names](node_hello& hello) { pass_hello(self, names, hello); },
    [](const gateway_hello&) {
      return gateway_welcome{gateway_protocol, "test_node", "0.1.0"};
    },
  };
}

} // namespace aiex::test
