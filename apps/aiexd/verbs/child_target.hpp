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

/// The child, and the way to it.
struct child_target {
  struct step {
    std::string id;
    std::uint64_t actor_id = 0; ///< 0 while it does not run.
    bool is_dynamic = false;    ///< Its supervisor is.
  };

  std::string path;
  std::vector<step> steps; ///< From below the top supervisor down to the child; of the top none.

  /// Not of the top.
  const step& last() const { return steps.back(); }
};

child_target child_target_of(const std::vector<tree_place>& places, std::size_t which);

using then_with = std::function<void(verb_call&, const caf::actor&)>;

/// Asks down to the child's supervisor, one by one, and calls `then(call, supervisor)`, or refuses:
/// not_found (somebody on the way does not run), and what `ask` refuses with.
void with_supervisor_of(const child_target& what, verb_call call, then_with then);

/// The same with the child's own actor.
void with_actor_of(const child_target& what, verb_call call, then_with then);

} // namespace aiex
