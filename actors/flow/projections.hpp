// Projections that come and go while a node runs.
//
//   supervisor("bank", strategy::rest_for_one, {}, {aggregates<account>(), projections()})
//
//   register_projection(self, services, projection_type_of<totals>(), [](result<caf::actor>) { …
//   });
#pragma once

#include "aiex/actors/flow/node_part.hpp"
#include "aiex/actors/typed/projection_type.hpp"

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace aiex {

/// How long each step of a registration may take.
inline constexpr std::chrono::milliseconds projection_registration_max{30'000};

/// A supervisor of projections, registered as "projections": of these from the start, and of those
/// that are registered later. One that ends is started again alone. If the supervisor itself is
/// started again, only those from the start come back, as children of OTP's supervisors do.
node_part projections(std::vector<projection_type> from_the_start = {},
  restart_limit limit = {.intensity = 3, .period = std::chrono::seconds{5}});

/// Starts a projection; it goes on from what is saved under its name, or counts from the first
/// event on. Calls `then` in `self`. Errors: already_exists, not_found (the node's tree has no
/// `projections()`), stopped (it could not begin; the message says why), time_out,
/// overloaded.
void register_projection(caf::event_based_actor* self, const node_services& services,
  const projection_type& type, std::function<void(result<caf::actor>)> then);

enum class saved_model : std::uint8_t {
  kept, ///< Registered under the same name again, it goes on from there.
  forgotten,
};

/// Stops a projection below "projections" and takes it out of the tree. Calls `then` in `self` when
/// that is done. Errors: not_found, stopped, time_out, overloaded; corrupt, io (it could not be
/// forgotten).
void unregister_projection(caf::event_based_actor* self, const node_services& services,
  const std::string& name, saved_model what, std::function<void(result<void>)> then);

/// The names of all projections that run on the node, sorted.
std::vector<std::string> registered_projections(const registry& names);

} // namespace aiex
