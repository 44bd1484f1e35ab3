// A running projection: hears events from the bus, hands them to the user's functions, saves state,
// rows and position together through the models writer. What happens next is projection_core's.
#pragma once

#include "aiex/actors/flow/node_part.hpp"
#include "aiex/actors/flow/node_services.hpp"
#include "aiex/actors/flow/projection_messages.hpp"

#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace aiex {

inline constexpr std::uint64_t lag_events_max = 10'000; ///< Counted for an answer.
inline constexpr std::size_t projection_waiters_max = 1'024;
inline constexpr std::chrono::milliseconds projection_wait_max{10'000};

class projection_run;

struct projection_state {
  static inline const char* name = "projection";
  std::shared_ptr<projection_run> run;
};

/// How far it has come, and what keeps it, without its own state (`projection_info_call`).
std::string state_text(const projection_state& state);

/// The projection actor. It begins behind what is saved. It ends, to be started again, if the
/// models writer ends or does not answer: then nobody knows what is saved.
///
///   event_delivery                  from the bus
///   projection_info_call -> projection_info
///   projection_type_call -> projection_type_answer
///   projection_control_call -> projection_control_answer
///   projection_wait_call -> projection_wait_answer
///   inline_count_call -> inline_counted
caf::behavior projection_actor(
  caf::stateful_actor<projection_state>* self, projection_type type, node_services services);

/// A permanent child, registered as "projection/<name>". The type's names live as long as it.
child_spec projection_child(const projection_type& type, const node_services& services);
node_part projection(projection_type type);

template <class Projection>
node_part projection() {
  return projection(projection_type_of<Projection>());
}

} // namespace aiex
