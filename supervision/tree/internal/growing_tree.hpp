#pragma once

#include "aiex/supervision/tree/supervisor_messages.hpp"

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <vector>

namespace aiex {

/// A supervisor's answer to `supervision_tree_call`: begun with what it knows itself, finished when
/// the supervisors among its children have told what is below them.
class growing_tree {
public:
  growing_tree(caf::event_based_actor* self, supervision_tree_call call, supervision_tree root);

  /// False: there is no room for more; those are only counted.
  bool has_room() const { return root_.children.size() < call_.nodes_max; }
  void leave_out(std::size_t children) { root_.untold += children; }

  /// `actor`: if it runs. A supervisor is asked for what is below it.
  void add(supervision_tree child, caf::actor actor = {});

  /// Asks the branches; each has a share of the room that is left.
  caf::typed_response_promise<supervision_tree> finish() &&;

private:
  struct branch {
    std::size_t child = 0;
    caf::actor supervisor{};
  };

  caf::event_based_actor* self_;
  supervision_tree_call call_;
  supervision_tree root_;
  std::vector<branch> branches_;
};

} // namespace aiex
