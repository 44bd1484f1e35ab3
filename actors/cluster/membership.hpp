// Keeps this node's place in the cluster's list of members, tells the mesh who stands in it, and
// asks the others how far they are.
#pragma once

#include "aiex/actors/cluster/membership_core.hpp"
#include "aiex/actors/flow/cluster_sight.hpp"
#include "aiex/supervision/process/registry.hpp"

#include <caf/actor.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace aiex {

/// It looks at the list so often; the others are asked at every fourth look.
inline constexpr std::chrono::milliseconds membership_look{250};
inline constexpr std::uint32_t looks_per_question = 4;

struct membership_state {
  static inline const char* name = "membership";
  consensus::configuration told{}; ///< What the mesh knows.
  std::string last_refusal{};      ///< Why the leader did not do what was asked last.
  bool is_asking = false;
  std::uint32_t looks = 0;
};

std::string state_text(const membership_state& state);

/// Asks `writer`, the store's; tells the mesh in `names`, which must be there, and `sight` what it
/// has heard. `address`: where others reach this node; empty or without a port as long as they
/// cannot, and `own.address` is not looked at. Any thread.
caf::behavior membership(caf::stateful_actor<membership_state>* self, own_membership own,
  std::function<std::string()> address, caf::actor writer, registry names,
  std::shared_ptr<cluster_sight> sight);

} // namespace aiex
