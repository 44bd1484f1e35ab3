#pragma once

#include "aiex/supervision/process/living_children.hpp"
#include "aiex/supervision/tree/child_spec.hpp"
#include "aiex/supervision/tree/supervision_event.hpp"

#include <caf/event_based_actor.hpp>

#include <cstdint>

namespace aiex {

/// Starts a child: in `supervisor`, or, if the time of its start is limited, in an actor and a
/// thread of its own, for which `supervisor` waits. (Nobody can interrupt a function.) When the
/// time is over that actor has ended, so the names it has reserved are free, or held by one that is
/// about to be killed, and the outcome is the `start_timeout_reason`; whatever the start makes
/// afterwards is killed. If the supervisor is killed meanwhile it is the same, at once.
///
/// `under`: of the supervisor; whoever is started is entered in its table of processes. So is the
/// actor of the start, as the child, with the start's time as its limit: a start that never returns
/// is told of like a handler that does not.
/// `restarts`: of the child. `living`: the supervisor's children. Never an outcome without an actor
/// or a reason where there has to be one, or with the actor of another child.
start_outcome outcome_of(const supervision_context& under, const child_spec& child,
  std::uint64_t restarts, caf::event_based_actor& supervisor, living_children& living);

} // namespace aiex
