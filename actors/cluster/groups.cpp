// Tested by tests/actors/cluster/group_scope_test.cpp
#include "aiex/actors/cluster/groups.hpp"

#include <utility>

namespace aiex {

std::shared_ptr<const group_view> groups::view() const {
  const auto found = scope_found();
  return found ? std::shared_ptr<const group_view>{found, &found->view()} : nullptr;
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

result<bool> groups::join(const group_name& group, const std::vector<caf::actor>& who) const {
  return changing([&](scope_groups& in) { return in.join(group, who); });
}

result<bool> groups::leave(const group_name& group, const std::vector<caf::actor>& who) const {
  return changing([&](scope_groups& in) { return in.leave(group, who); });
}

result<group_monitored> groups::monitor(const caf::actor& receiver, const group_name& group) const {
  return changing([&](scope_groups& in) { return in.monitor(receiver, group); });
}

result<scope_monitored> groups::monitor_scope(const caf::actor& receiver) const {
  return changing([&](scope_groups& in) { return in.monitor_scope(receiver); });
}

bool groups::demonitor(const group_ref& which) const {
  const auto in = scope_found();
  return in && in->demonitor(which);
}

std::shared_ptr<scope_groups> groups::scope_found() const {
  const auto found = scope();
  return found ? group_scope_actor::groups_of(*found) : nullptr;
}

template <class Change>
auto groups::changing(Change change) const -> decltype(change(std::declval<scope_groups&>())) {
  if (const auto in = scope_found())
    return change(*in);
  return fail(
    errc::not_found, "there is no scope \"" + name_ +
                       "\" on this node, or it is being started; is it in the node's tree?");
}

} // namespace aiex
