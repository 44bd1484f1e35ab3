// Tested by tests/actors/cluster/group_scope_test.cpp
#include "aiex/actors/cluster/group_view.hpp"

#include <mutex>

namespace aiex {

namespace {

std::vector<group_actor> ids_of(const std::vector<caf::actor>& who) {
  std::vector<group_actor> ids;
  ids.reserve(who.size());
  for (const caf::actor& each : who)
    ids.push_back(each.id());
  return ids;
}

tl::unexpected<error> has_ended() {
  return fail(errc::stopped,
    "the scope has ended and takes nobody any more; ask again when it has been started again");
}

} // namespace

// -- any thread -----------------------------------------------------------------------------------

shared_actors group_view::members(std::string_view group) const {
  return lists_of(group).all;
}

shared_actors group_view::own_members(std::string_view group) const {
  return lists_of(group).own;
}

group_view::lists group_view::lists_of(std::string_view group) const {
  lists made;
  std::uint64_t seen = 0;
  {
    const std::shared_lock guard{lock_};
    if (const auto found = lists_.find(group); found != lists_.end())
      return found->second;
    made = {actors_of(table_.members(group)), actors_of(table_.own_members(group))};
    seen = changes_;
  }
  if (made.all->empty())
    return made; // of absent groups nothing is kept
  const std::unique_lock guard{lock_};
  if (changes_ == seen)
    lists_.try_emplace(group_name{group}, made);
  return made;
}

std::vector<group_name> group_view::which_groups() const {
  const std::shared_lock guard{lock_};
  return table_.which_groups();
}

std::vector<group_name> group_view::which_own_groups() const {
  const std::shared_lock guard{lock_};
  return table_.which_own_groups();
}

std::vector<group_size> group_view::sizes(std::string_view after, std::size_t most) const {
  const std::shared_lock guard{lock_};
  return table_.sizes(after, most);
}

std::vector<group_share> group_view::shares(
  std::string_view group, const std::optional<group_member>& after, std::size_t most) const {
  const std::shared_lock guard{lock_};
  return table_.shares(group, after, most);
}

// -- the scope's actor ----------------------------------------------------------------------------

result<group_effects> group_view::join(
  const group_name& group, const std::vector<caf::actor>& who) {
  const auto ids = ids_of(who);
  std::vector<lists> outdated;
  const std::unique_lock guard{lock_};
  if (is_closed_)
    return has_ended();
  auto then = table_.join(group, ids);
  if (!then)
    return tl::unexpected(std::move(then.error()));
  keep(who);
  return effects_of(*then, outdated);
}

result<group_effects> group_view::leave(
  const group_name& group, const std::vector<caf::actor>& who) {
  const auto ids = ids_of(who);
  std::vector<lists> outdated;
  kept gone;
  const std::unique_lock guard{lock_};
  auto then = table_.leave(group, ids);
  if (!then)
    return tl::unexpected(std::move(then.error()));
  auto effects = effects_of(*then, outdated);
  for (const group_actor each : then->unwatch)
    let_go(each, gone);
  return effects;
}

group_effects group_view::on_down(caf::actor_id who) {
  std::vector<lists> outdated;
  kept gone;
  const std::unique_lock guard{lock_};
  auto effects = effects_of(table_.on_down(who), outdated);
  let_go(who, gone);
  return effects;
}

result<group_view::monitored> group_view::monitor(
  const caf::actor& owner, std::optional<group_name> group) {
  const std::unique_lock guard{lock_};
  if (is_closed_)
    return has_ended();
  auto made = table_.monitor(owner.id(), std::move(group));
  if (!made)
    return tl::unexpected(std::move(made.error()));
  keep({owner});
  return monitored{made->number, {.watch = actors_of(made->watch)}};
}

std::optional<group_effects> group_view::demonitor(group_monitor which) {
  kept gone;
  const std::unique_lock guard{lock_};
  const auto then = table_.demonitor(which);
  if (!then)
    return {};
  group_effects effects{.unwatch = actors_of(then->unwatch)};
  for (const group_actor each : then->unwatch)
    let_go(each, gone);
  return effects;
}

void group_view::close() {
  decltype(actors_) actors;
  decltype(lists_) outdated;
  const std::unique_lock guard{lock_};
  for (const auto& [id, actor] : actors_)
    table_.on_down(id);
  is_closed_ = true;
  actors_.swap(actors);
  lists_.swap(outdated);
  ++changes_;
}

// -- under the lock -------------------------------------------------------------------------------

shared_actors group_view::actors_of(const std::vector<group_member>& who) const {
  std::vector<caf::actor> all;
  all.reserve(who.size());
  for (const group_member& each : who)
    if (each.node == 0) // no link brings others yet
      all.push_back(actors_.at(each.actor));
  return std::make_shared<const std::vector<caf::actor>>(std::move(all));
}

std::vector<caf::actor> group_view::actors_of(const std::vector<group_actor>& who) const {
  std::vector<caf::actor> all;
  all.reserve(who.size());
  for (const group_actor each : who)
    all.push_back(actors_.at(each));
  return all;
}

void group_view::keep(const std::vector<caf::actor>& who) {
  for (const caf::actor& each : who)
    actors_.try_emplace(each.id(), each);
}

group_effects group_view::effects_of(const group_outcome& then, std::vector<lists>& outdated) {
  group_effects effects{
    .has_changed = !then.changes.empty(),
    .watch = actors_of(then.watch),
    .unwatch = actors_of(then.unwatch),
  };
  changes_ += effects.has_changed ? 1 : 0;
  for (const auto& [change, to] : then.changes) {
    if (const auto found = lists_.find(change.group); found != lists_.end()) {
      outdated.push_back(std::move(found->second));
      lists_.erase(found);
    }
    if (to.empty())
      continue;
    auto& news = effects.changes.emplace_back();
    news = {change.what, change.group, actors_of(change.who), {}};
    for (const group_monitor each : to)
      news.to.emplace_back(each, actors_.at(table_.owner(each)));
  }
  return effects;
}

void group_view::let_go(caf::actor_id who, kept& into) {
  const auto found = actors_.find(who);
  if (found == actors_.end())
    return;
  into.push_back(std::move(found->second));
  actors_.erase(found);
}

} // namespace aiex
