#include "aiex/actors/cluster/groups.hpp"

#include "aiex/supervision/exit_kind.hpp"

namespace aiex {

std::shared_ptr<const group_view> groups::view() const {
  const auto found = scope();
  return found ? group_scope_actor::view_of(*found) : nullptr;
}

shared_actors groups::members(std::string_view group) const {
  const auto seen = view();
  return seen ? seen->members(group) : std::make_shared<const std::vector<caf::actor>>();
}

shared_actors groups::local_members(std::string_view group) const {
  const auto seen = view();
  return seen ? seen->own_members(group) : std::make_shared<const std::vector<caf::actor>>();
}

std::vector<group_name> groups::which_groups() const {
  const auto seen = view();
  return seen ? seen->which_groups() : std::vector<group_name>{};
}

std::vector<group_name> groups::which_local_groups() const {
  const auto seen = view();
  return seen ? seen->which_own_groups() : std::vector<group_name>{};
}

error groups::no_scope() const {
  return {errc::not_found, "there is no scope \"" + name_ +
                             "\" on this node, or it is being started; is it in the node's tree?"};
}

error groups::no_answer(const caf::error& why) {
  return {errc::unknown_outcome, "the scope of groups did not answer (" + exit_text(why) +
                                   "); look who is a member before you repeat the call"};
}

} // namespace aiex
