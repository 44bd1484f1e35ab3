#include "aiex/actors/cluster/mesh.hpp"

#include "aiex/actors/cluster/mesh_work.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <caf/response_promise.hpp>

namespace aiex {

caf::behavior mesh(mesh_actor* self, mesh_options options) {
  const auto heartbeat = options.limits.heartbeat;
  auto work = std::make_shared<mesh_work>(self, std::move(options));
  self->state.work = work;
  self->set_down_handler([self](const caf::down_msg& down) {
    if (self->state.work)
      self->state.work->on_down(down.source);
  });
  self->send(self, caf::tick_atom::value);
  auto* does = work.get(); // lives as long as the state
  return {
    [self, does, heartbeat](caf::tick_atom) {
      self->delayed_send(self, heartbeat, caf::tick_atom::value);
      does->tick();
    },
    [does](const frame& what) { does->on_frame(what); },
    [does](peer_send& what) { does->send(what); },
    [does](const node_hello& hello) { return does->on_hello(hello); },
    [does](mesh_link_ended what) { does->on_link_ended(what.link); },
    [does](const follow_peers& wish) { does->follow(wish); },
    [does](const expect_nodes& wish) { does->expect(wish); },
    [does](list_peers) { return does->list(); },
    [does](list_unreached) { return does->unreached(); },
    [does](const find_remote& wish) { return does->find(wish); },
    [does](const ping_node& wish) { return does->ping(wish); },
    [does](const actor_question& question) { return does->answer(question); },
  };
}

child_spec mesh_child(const mesh_options& options) {
  const std::string name{mesh_name};
  return worker(name, via(options.names, name, spawns<caf::detached>(mesh, options)));
}

void pass_hello(caf::event_based_actor* self, const registry& names, node_hello& hello) {
  auto promise = self->make_response_promise();
  // Delegated: the answer's sender is the mesh.
  if (const auto behind = names.find(mesh_name))
    promise.delegate(*behind, std::move(hello));
  else
    promise.deliver(
      node_welcome{node_protocol, {}, "its mesh is not running; try again in a moment"});
}

} // namespace aiex
