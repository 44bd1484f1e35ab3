// The verbs about the supervision tree as it is now. Both say "name" for what a child is called and
// "actor" for the number of its actor. Their "id" is older and is kept: the name in a tree, the
// number in a list. "suspended" (see sys) stands only where it is true.
#pragma once

#include "aiex/supervision/tree/supervisor_messages.hpp"

#include "aiexd/verbs/ask.hpp"

namespace aiex {

/// Calls `then(call, tree)` with the tree of the whole node, or refuses.
template <class Then>
void with_tree(verb_call call, Then then) {
  const auto top = call.services().names.find("top");
  if (!top)
    return call.refuse({errc::stopped, "the node's tree is not there: it begins or ends"});
  ask<supervision_tree>(
    std::move(call), *top, supervision_tree_call{}, "the top supervisor", std::move(then));
}

/// As a tree.
void run_tree(verb_call call);

/// As a list; the names are paths.
void run_ps(verb_call call);

} // namespace aiex
