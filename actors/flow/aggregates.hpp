// All aggregates of one category on this node, as one part of its tree:
//
//   aggregates/account   one_for_all
//     live               dynamic: the aggregates that live now, started by the first call for them
//     router             finds or starts the one that a call is for
//
// An aggregate that crashes is started again by the next call for it, or, with
// `aggregate_options::comes_back`, by its supervisor at once. Its state comes from the log.
#pragma once

#include "aiex/actors/flow/aggregate.hpp"
#include "aiex/actors/flow/node_part.hpp"
#include "aiex/supervision/tree/child_spec.hpp"

#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace aiex {

struct aggregates_router_state {
  static inline const char* name = "aggregates";
  std::optional<live_table> table;
  std::unordered_map<std::string, caf::actor> live;
  std::unordered_map<caf::actor_addr, std::string> names; ///< Of the live ones.
  std::unordered_map<call_ticket, aggregate_actor_state::waiting_call> waiting;
  call_ticket last_ticket = 0;
};

/// The router of a category, registered as "aggregates/<category>".
///
///   dispatch_call -> dispatch_answer                  errors besides the aggregate's: invalid_id,
///   aggregate_state_call -> aggregate_state_answer    overloaded, stopped (it cannot be started)
///   idle_report, aggregate_is_here                    from its aggregates
caf::behavior aggregates_router(caf::stateful_actor<aggregates_router_state>* self,
  std::shared_ptr<const aggregate_type> type, node_services services, aggregate_options options);

node_part aggregates(aggregate_type type, aggregate_options options = {});

template <class Aggregate>
node_part aggregates(aggregate_options options = {}) {
  return aggregates(aggregate_type_of<Aggregate>(), options);
}

} // namespace aiex
