// Tested by tests/actors/cluster/group_scope_test.cpp
#include "aiex/actors/cluster/scope_groups.hpp"

#include "aiex/supervision/process/process.hpp"

#include <caf/actor_cast.hpp>
#include <caf/default_attachable.hpp>
#include <caf/message_id.hpp>

#include <algorithm>
#include <optional>

namespace aiex {

result<bool> scope_groups::join(const group_name& group, const std::vector<caf::actor>& who) {
  if (auto right = check(who); !right)
    return tl::unexpected(std::move(right.error()));
  group_effects then; // let go of outside the lock
  std::vector<group_effects> ends;
  const std::lock_guard guard{order_};
  auto made = view_.join(group, who);
  if (!made)
    return tl::unexpected(std::move(made.error()));
  then = std::move(*made);
  carry_out(then);
  for (const caf::actor& each : who)
    if (has_ended(each)) // word of it comes to the scope later
      carry_out(ends.emplace_back(view_.on_down(each.id())));
  return true;
}

result<bool> scope_groups::leave(const group_name& group, const std::vector<caf::actor>& who) {
  if (auto right = check(who); !right)
    return tl::unexpected(std::move(right.error()));
  group_effects then;
  const std::lock_guard guard{order_};
  auto made = view_.leave(group, who);
  if (!made)
    return tl::unexpected(std::move(made.error()));
  then = std::move(*made);
  carry_out(then);
  return then.has_changed;
}

result<group_monitored> scope_groups::monitor(const caf::actor& receiver, const group_name& group) {
  const std::lock_guard guard{order_};
  const auto by = begin(receiver, group);
  if (!by)
    return tl::unexpected(by.error());
  return group_monitored{*by, view_.members(group)};
}

result<scope_monitored> scope_groups::monitor_scope(const caf::actor& receiver) {
  const std::lock_guard guard{order_};
  const auto by = begin(receiver, {});
  if (!by)
    return tl::unexpected(by.error());
  scope_monitored all{*by, {}};
  for (const group_name& each : view_.which_groups())
    all.groups.emplace_hint(all.groups.end(), each, view_.members(each));
  return all;
}

bool scope_groups::demonitor(const group_ref& which) {
  if (which.scope != scope_.id())
    return false;
  std::optional<group_effects> then;
  const std::lock_guard guard{order_};
  then = view_.demonitor(which.number);
  if (then)
    carry_out(*then);
  return then.has_value();
}

void scope_groups::on_down(caf::actor_id who) {
  group_effects then;
  const std::lock_guard guard{order_};
  then = view_.on_down(who);
  carry_out(then);
}

result<void> scope_groups::check(const std::vector<caf::actor>& who) const {
  if (!std::ranges::all_of(who, [this](const caf::actor& each) { return is_of_here(each); }))
    return fail(errc::invalid_argument,
      "only actors of this node join and leave groups here; nobody has joined or left. Ask the "
      "scope of the actor's own node");
  return {};
}

bool scope_groups::is_of_here(const caf::actor& who) const {
  return who && who.node() == scope_.node();
}

result<group_ref> scope_groups::begin(const caf::actor& receiver, std::optional<group_name> group) {
  if (!is_of_here(receiver))
    return fail(errc::invalid_argument, "only an actor of this node can monitor groups here");
  auto made = view_.monitor(receiver, std::move(group));
  if (!made)
    return tl::unexpected(std::move(made.error()));
  carry_out(made->then);
  return group_ref{scope_.id(), made->number};
}

void scope_groups::carry_out(const group_effects& then) {
  using watch = caf::default_attachable;
  for (const caf::actor& each : then.watch)
    each->attach(watch::make_monitor(each.address(), scope_)); // told at once if it has ended
  for (const caf::actor& each : then.unwatch)
    each->detach(watch::observe_token{scope_, watch::monitor});
  const auto scope = caf::actor_cast<caf::strong_actor_ptr>(scope_);
  for (const auto& news : then.changes)
    for (const auto& [number, receiver] : news.to)
      receiver->eq_impl(caf::make_message_id(), scope, nullptr,
        group_changed{{scope_.id(), number}, news.what, news.group, news.who});
}

} // namespace aiex
