// A scope of process groups, as of OTP's pg: as long as its actor lives, there are its groups.
// Scopes know nothing of each other. A scope that is started again has no members of this node:
// those who stand behind it in a rest_for_one are started again too, and join.
#pragma once

#include "aiex/actors/cluster/scope_groups.hpp"
#include "aiex/actors/flow/node_part.hpp"
#include "aiex/supervision/process/registry.hpp"

#include <caf/actor_config.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace aiex {

/// The scope that every node has.
inline constexpr std::string_view default_group_scope = "aiex";

/// The registry's name of a scope's actor: "groups/aiex".
std::string group_scope_name(std::string_view scope);

/// Hears of the ends of members. The groups themselves are any thread's.
class group_scope_actor : public caf::event_based_actor {
public:
  explicit group_scope_actor(caf::actor_config& config) : caf::event_based_actor(config) {}

  /// Null if this is no scope's actor, or not of this node.
  static std::shared_ptr<scope_groups> groups_of(const caf::actor& scope);

  const char* name() const override { return "group_scope"; }

  std::shared_ptr<scope_groups> groups; ///< Set when it begins, then never changed.
};

/// A scope's actor. A member of a group is kept alive by it; it leaves when it ends.
caf::behavior group_scope_behavior(group_scope_actor* self, group_table::limits most);

/// A scope as a child, under its name in `names`.
child_spec group_scope_child(
  const registry& names, const std::string& scope, group_table::limits most = {});

/// A scope as a part of a node's tree.
node_part group_scope(std::string scope);

} // namespace aiex
