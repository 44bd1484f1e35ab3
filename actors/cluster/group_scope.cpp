#include "aiex/actors/cluster/group_scope.hpp"

#include "aiex/supervision/spawns.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>

#include <algorithm>

namespace aiex {

namespace {

/// The handlers: they check whose actors are meant, ask the view, and carry out what it says.
class scope_handlers {
public:
  scope_handlers(group_scope_actor* self, std::shared_ptr<group_view> view)
      : self_(self), view_(std::move(view)) {}

  group_answer join(const join_group_call& call) const {
    if (auto right = check(call.who); !right)
      return {tl::unexpected(std::move(right.error()))};
    return answer(view_->join(call.group, call.who), true);
  }

  group_answer leave(const leave_group_call& call) const {
    if (auto right = check(call.who); !right)
      return {tl::unexpected(std::move(right.error()))};
    return answer(view_->leave(call.group, call.who), false);
  }

  group_monitored monitor(const monitor_group_call& call) const {
    group_monitored made{begin(call.receiver, call.group)};
    if (made.outcome)
      made.members = view_->members(call.group);
    return made;
  }

  scope_monitored monitor(const monitor_scope_call& call) const {
    scope_monitored all{begin(call.receiver, {}), {}};
    if (all.outcome)
      for (const group_name& each : view_->which_groups())
        all.groups.emplace_hint(all.groups.end(), each, view_->members(each));
    return all;
  }

  bool demonitor(const demonitor_group_call& call) const {
    if (call.which.scope != self_->id())
      return false;
    const auto then = view_->demonitor(call.which.number);
    if (then)
      carry_out(*then);
    return then.has_value();
  }

  void on_down(const caf::down_msg& down) const { carry_out(view_->on_down(down.source.id())); }

private:
  result<void> check(const std::vector<caf::actor>& who) const {
    if (!std::ranges::all_of(who, [this](const caf::actor& each) { return is_of_here(each); }))
      return fail(errc::invalid_argument,
        "only actors of this node join and leave groups here; nobody has joined or left. Ask the "
        "scope of the actor's own node");
    return {};
  }
  bool is_of_here(const caf::actor& who) const { return who && who.node() == self_->node(); }

  group_answer answer(result<group_effects> then, bool without_change) const {
    if (!then)
      return {tl::unexpected(std::move(then.error()))};
    carry_out(*then);
    return {then->has_changed || without_change};
  }

  result<group_ref> begin(const caf::actor& receiver, std::optional<group_name> group) const {
    if (!is_of_here(receiver))
      return fail(errc::invalid_argument, "only an actor of this node can monitor groups here");
    auto made = view_->monitor(receiver, std::move(group));
    if (!made)
      return tl::unexpected(std::move(made.error()));
    carry_out(made->then);
    return group_ref{self_->id(), made->number};
  }

  void carry_out(const group_effects& then) const {
    for (const caf::actor& each : then.watch)
      self_->monitor(each); // of one that has ended it hears at once
    for (const caf::actor& each : then.unwatch)
      self_->demonitor(each.address());
    for (const auto& news : then.changes)
      for (const auto& [number, receiver] : news.to)
        self_->send(
          receiver, group_changed{{self_->id(), number}, news.what, news.group, news.who});
  }

  group_scope_actor* self_;
  std::shared_ptr<group_view> view_;
};

} // namespace

std::string group_scope_name(std::string_view scope) {
  return "groups/" + std::string{scope};
}

std::shared_ptr<const group_view> group_scope_actor::view_of(const caf::actor& scope) {
  const auto* found =
    dynamic_cast<const group_scope_actor*>(caf::actor_cast<caf::abstract_actor*>(scope));
  return found == nullptr ? nullptr : found->view;
}

caf::behavior group_scope_behavior(group_scope_actor* self, group_table::limits most) {
  self->view = std::make_shared<group_view>(most);
  const scope_handlers its{self, self->view};
  // Members may hold the scope as it holds them.
  self->attach_functor([view = self->view](const caf::error&) { view->close(); });
  self->set_down_handler([its](const caf::down_msg& down) { its.on_down(down); });
  return {
    [its](const join_group_call& call) { return its.join(call); },
    [its](const leave_group_call& call) { return its.leave(call); },
    [its](const monitor_group_call& call) { return its.monitor(call); },
    [its](const monitor_scope_call& call) { return its.monitor(call); },
    [its](const demonitor_group_call& call) { return its.demonitor(call); },
  };
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
