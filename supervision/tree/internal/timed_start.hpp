#pragma once

#include "aiex/supervision/process/living_children.hpp"
#include "aiex/supervision/tree/child_spec.hpp"

#include <caf/event_based_actor.hpp>

namespace aiex {

/// Starts a child: in `supervisor`, or, if the time of its start is limited, in an actor and a
/// thread of its own, for which `supervisor` waits. (Nobody can interrupt a function.) When the
/// time is over that actor has ended, so the names it has reserved are free, and the outcome is the
/// `start_timeout_reason`; whatever the start makes afterwards is killed. If the supervisor is
/// killed meanwhile it is the same, at once. `living`: its children. Never an outcome without an
/// actor or a reason where there has to be one, or with the actor of another child.
start_outcome outcome_of(
  const child_spec& child, caf::event_based_actor& supervisor, living_children& living);

} // namespace aiex
