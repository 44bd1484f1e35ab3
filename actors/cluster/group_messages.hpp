// What goes between a scope of groups and the actors of its node. It never leaves the process.
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

/// Answered with `group_answer`. Errors: invalid_argument (the name, no actor or one of another
/// node: then none of them joins), batch_too_large, overloaded.
struct join_group_call {
  group_name group;
  std::vector<caf::actor> who; ///< One that stands there twice joins twice.
};

/// Answered with `group_answer`. Errors: as above, without overloaded.
struct leave_group_call {
  group_name group;
  std::vector<caf::actor> who;
};

struct group_answer {
  result<bool> outcome = true; ///< False: none of them was a member, OTP's not_joined.
};

/// A monitor of a group or of a scope, in one life of its scope: no two have the same.
struct group_ref {
  caf::actor_id scope = 0;
  group_monitor number = 0;

  auto operator<=>(const group_ref&) const = default;
};

/// Answered with `group_monitored`; from then on `receiver`, an actor of this node, is sent
/// `group_changed` for each change. The group need not be there. Who ends is forgotten. So is
/// everybody when the scope ends: who has to know monitors the scope itself.
struct monitor_group_call {
  caf::actor receiver;
  group_name group;
};
struct group_monitored {
  result<group_ref> outcome; ///< Errors: invalid_argument, overloaded, stopped; not_found.
  /// When the monitor began. Never null: if there is none, an empty list, and `outcome` says why.
  shared_actors members = std::make_shared<const std::vector<caf::actor>>();
};

/// The same for all groups of the scope. Answered with `scope_monitored`.
struct monitor_scope_call {
  caf::actor receiver;
};
struct scope_monitored {
  result<group_ref> outcome;
  std::map<group_name, shared_actors> groups;
};

/// Answered with whether there was such a monitor. Nothing is sent for it behind the answer.
struct demonitor_group_call {
  group_ref which;
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

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::join_group_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::leave_group_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::group_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::monitor_group_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::group_monitored)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::monitor_scope_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::scope_monitored)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::demonitor_group_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::group_changed)
