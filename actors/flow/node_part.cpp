#include "aiex/actors/flow/node_part.hpp"

#include "aiex/supervision/tree/supervisor.hpp"

#include <utility>

namespace aiex {

node_part supervisor(
  std::string id, strategy how, restart_limit limit, std::vector<node_part> children) {
  auto make = [id, how, limit, children = std::move(children)](
                const node_services& services, const supervision_context& parent) {
    supervisor_spec spec{.how = how, .limit = limit};
    for (const node_part& child : children)
      spec.children.push_back(child.make(services, below(parent, id)));
    return supervisor_child(id, std::move(spec), parent);
  };
  return {std::move(id), std::move(make)};
}

} // namespace aiex
