// What a node's tree is made of, before there is a node: values that become children as soon as it
// is known what the node gives them.
//
//   supervisor("bank", strategy::rest_for_one, {.intensity = 3, .period = 5s},
//     {aggregates<account>(), projection<totals>()})
#pragma once

#include "aiex/actors/flow/node_services.hpp"
#include "aiex/supervision/tree/child_spec.hpp"
#include "aiex/supervision/tree/supervision_event.hpp"

#include <functional>
#include <string>
#include <vector>

namespace aiex {

struct node_part {
  std::string id; ///< Unique among its siblings.
  /// Makes the child. `parent`: of the supervisor above.
  std::function<child_spec(const node_services&, const supervision_context& parent)> make;
};

/// A supervisor with these parts as its children, as OTP's supervisor:start_link.
node_part supervisor(
  std::string id, strategy how, restart_limit limit, std::vector<node_part> children);

} // namespace aiex
