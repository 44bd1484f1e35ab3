// Speaks with the other members of the cluster for the store's writer: makes bytes of what it says,
// believes nothing of what comes in, and knows who can be reached.
//
//   writer <-> members <-> mesh <-> mesh of another node <-> members <-> writer
//
// The bytes are made and read here, so that the writer's thread is left to its disk.
#pragma once

#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/base/uuid.hpp"
#include "aiex/supervision/process/registry.hpp"

#include <caf/actor.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <cstdint>
#include <set>
#include <string>

namespace aiex {

struct members_state {
  static inline const char* name = "members";
  std::set<uuid> linked;
  sha256 hash;
  std::uint64_t sent = 0;
  std::uint64_t heard = 0;
  std::uint64_t refused = 0; ///< Could not be read, or in another's name.
};

std::string state_text(const members_state& state);

/// Between `writer`, the store's, and the mesh in `names`, which must be there. Runs detached.
///
///   node_up, node_down, peer_message                      from the mesh
///   say_to_members, task_for_member, answer_for_member    from the writer
caf::behavior members(caf::stateful_actor<members_state>* self, caf::actor writer, registry names);

} // namespace aiex
