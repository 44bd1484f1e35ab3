// Keeps this node's place in the cluster's list of members, and tells the mesh who stands in it.
#pragma once

#include "aiex/actors/cluster/membership_core.hpp"
#include "aiex/actors/flow/member_messages.hpp"

#include <caf/actor.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <string>

namespace aiex {

/// It looks at the list so often.
inline constexpr std::chrono::milliseconds membership_look{250};

struct membership_state {
  static inline const char* name = "membership";
  consensus::configuration told{}; ///< What the mesh knows.
  std::string last_refusal{};      ///< Why the leader did not do what was asked last.
  bool is_asking = false;
};

std::string state_text(const membership_state& state);

/// Asks `writer`, the store's; tells `mesh`.
caf::behavior membership(caf::stateful_actor<membership_state>* self, own_membership own,
  caf::actor writer, caf::actor mesh);

} // namespace aiex
