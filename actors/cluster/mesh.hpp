// The mesh: links a node with every other one of its cluster, and carries what they say.
//
// What it decides: mesh_core.hpp; how messages travel: peer_wire.hpp; what actors of its node say
// to it: mesh_messages.hpp.
//
//   node_hello -> node_welcome          from the mesh of a node that has connected, by the door
//   frame                               from a linked one
//   actor_question -> actor_answer      from any of them
//
// It ends with its links: who follows it monitors it, and follows the next one.
#pragma once

#include "aiex/actors/cluster/mesh_messages.hpp"
#include "aiex/actors/cluster/mesh_options.hpp"
#include "aiex/actors/runtime/message_types.hpp"
#include "aiex/supervision/tree/child_spec.hpp"

#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>

#include <memory>

namespace aiex {

class mesh_work;
struct mesh_state {
  static inline const char* name = "mesh";
  std::shared_ptr<mesh_work> work;
};
using mesh_actor = caf::stateful_actor<mesh_state>;

/// The mesh actor. Detached: no other actor's work delays its heartbeats.
caf::behavior mesh(mesh_actor* self, mesh_options options);

/// As a child, under its name in `options.names`.
child_spec mesh_child(const mesh_options& options);

/// What the published actor does with a hello: the mesh answers it, or, if there is none, this
/// node refuses. Thread: `self`'s, in the hello's handler.
void pass_hello(caf::event_based_actor* self, const registry& names, node_hello& hello);

} // namespace aiex
