#include "aiex/actors/cluster/group_scope.hpp"

#include "aiex/supervision/tree/spawns.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>

namespace aiex {

std::string group_scope_name(std::string_view scope) {
  return "groups/" + std::string{scope};
}

std::shared_ptr<scope_groups> group_scope_actor::groups_of(const caf::actor& scope) {
  const auto* found =
    dynamic_cast<const group_scope_actor*>(caf::actor_cast<caf::abstract_actor*>(scope));
  return found == nullptr ? nullptr : found->groups;
}

caf::behavior group_scope_behavior(group_scope_actor* self, group_table::limits most) {
  self->groups = std::make_shared<scope_groups>(self->address(), most);
  // Members may hold the scope as it holds them.
  self->attach_functor([of = self->groups](const caf::error&) { of->close(); });
  self->set_down_handler(
    [of = self->groups](const caf::down_msg& down) { of->on_down(down.source.id()); });
  return {[](caf::ok_atom) {}}; // it only hears of ends
}

child_spec group_scope_child(
  const registry& names, const std::string& scope, group_table::limits most) {
  const std::string name = group_scope_name(scope);
  return worker(name, via(names, name, spawns(group_scope_behavior, most)));
}

node_part group_scope(std::string scope) {
  return {
    group_scope_name(scope), [scope](const node_services& services, const supervision_context&) {
      return group_scope_child(services.names, scope);
    }};
}

} // namespace aiex
