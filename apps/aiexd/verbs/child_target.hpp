// A child as its supervisor knows it: only a supervisor knows the actors of its children.
#pragma once

#include "aiexd/verbs/tree_places.hpp"
#include "aiexd/verbs/verb_call.hpp"

#include <caf/actor.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace aiex {

/// The child, and who has it.
struct child_target {
  std::string path;
  std::string id;
  std::vector<std::uint64_t> supervisors; ///< Actors from below the top one down to its own.
  std::uint64_t actor_id = 0;             ///< 0 while it does not run.
  bool is_dynamic = false;
  bool is_top = false; ///< Then it has no supervisor.
};

child_target child_target_of(const std::vector<tree_place>& places, std::size_t which);

/// Asks down to the child's supervisor, one by one, and calls `then(call, supervisor)`, or refuses:
/// not_found (somebody on the way has ended), time_out, stopped.
void with_supervisor_of(child_target what, verb_call call,
  std::function<void(verb_call&, const caf::actor& supervisor)> then);

/// The same with the child's own actor; not_found too if it does not run.
void with_actor_of(
  child_target what, verb_call call, std::function<void(verb_call&, const caf::actor& child)> then);

} // namespace aiex
