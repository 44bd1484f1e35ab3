#pragma once

#include "aiex/supervision/process/living_children.hpp"
#include "aiex/supervision/tree/supervisor_core.hpp"
#include "aiex/supervision/tree/supervisor_messages.hpp"

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <string>
#include <vector>

namespace aiex {

/// What a supervisor knows of its children.
struct static_children {
  const supervisor_core& core;
  const living_children& living;
};

childspec_answer childspec_of(const supervisor_core& core, const std::string& id);
which_child_answer child_of(const static_children& known, const std::string& id);
std::vector<child_info> children_of(const static_children& known); ///< The newest first.
child_counts count_of(const supervisor_core& core);
caf::typed_response_promise<supervision_tree> draw_tree(caf::event_based_actor* self,
  const static_children& known, const std::string& path, supervision_tree_call call);

} // namespace aiex
