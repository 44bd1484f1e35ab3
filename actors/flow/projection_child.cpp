// Tested by tests/actors/flow/projection_test.cpp
#include "aiex/actors/flow/projection.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <utility>

namespace aiex {

child_spec projection_child(const projection_type& type, const node_services& services) {
  const std::string name{type.name};
  return worker(
    name, via(services.names, "projection/" + name, spawns(projection_actor, type, services)));
}

node_part projection(projection_type type) {
  std::string id{type.name};
  return {
    std::move(id), [type = std::move(type)](const node_services& services,
                     const supervision_context&) { return projection_child(type, services); }};
}

} // namespace aiex
