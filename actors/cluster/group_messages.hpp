// What actors hear of the groups of their node's scopes. It never leaves the process.
#pragma once

#include "aiex/actors/cluster/group_table.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <compare>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace aiex {

/// Immutable, never null.
using shared_actors = std::shared_ptr<const std::vector<caf::actor>>;

/// A monitor of a group or of a scope, in one life of its scope: no two have the same.
struct group_ref {
  caf::actor_id scope = 0;
  group_monitor number = 0;

  auto operator<=>(const group_ref&) const = default;
};

/// What a monitor of a group begins with.
struct group_monitored {
  group_ref by;
  shared_actors members; ///< When it began.
};
/// The same of a scope: all groups that have members.
struct scope_monitored {
  group_ref by;
  std::map<group_name, shared_actors> groups;
};

/// One for each call that changed something, with the actors that it named and that joined or
/// left; one for each group of an actor that has ended.
struct group_changed {
  group_ref by;
  group_change::act what = group_change::act::join;
  group_name group;
  shared_actors who;
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::group_changed)
