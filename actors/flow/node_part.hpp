#pragma once

#include "aiex/actors/flow/node_services.hpp"
#include "aiex/supervision/child_spec.hpp"

#include <functional>
#include <string>

namespace aiex {

/// A part of a node's tree: a child as soon as it is known what the node gives it.
struct node_part {
  std::string id;
  std::function<child_spec(const node_services&)> make;
};

} // namespace aiex
