#include "aiex/actors/cluster/group_table.hpp"

#include "aiex/persistence/codec/utf8.hpp"

#include <algorithm>
#include <limits>

namespace aiex {

namespace {

constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();

error too_many(const char* what, std::size_t most, const char* remedy) {
  return {errc::overloaded,
    std::string{"there are "} + std::to_string(most) + " " + what + ", the limit; " + remedy};
}

} // namespace

result<void> check_group_name(std::string_view name) {
  const bool has_control = std::ranges::any_of(name, [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || static_cast<unsigned char>(byte) == 0x7f;
  });
  if (name.empty() || name.size() > group_name_bytes_max || has_control || !is_utf8(name))
    return fail(errc::invalid_argument, "the name of a group must be 1 to " +
                                          std::to_string(group_name_bytes_max) +
                                          " bytes of UTF-8 without control characters");
  return {};
}

// -- changes of this node -------------------------------------------------------------------------

result<group_outcome> group_table::join(const group_name& group, std::span<const group_actor> who) {
  if (auto right = check_call(group, who); !right)
    return tl::unexpected(right.error());
  if (memberships_ + who.size() > most_.memberships)
    return tl::unexpected(
      too_many("memberships on this node", most_.memberships, "leave some groups first"));
  const auto found = groups_.find(group);
  const bool is_new = found == groups_.end() || found->second.own == 0;
  if (!who.empty() && is_new && own_groups_ == most_.groups)
    return tl::unexpected(too_many("groups on this node", most_.groups, "leave some first"));
  group_outcome then;
  for (const group_actor each : who)
    if (!needs(each) && std::ranges::find(then.watch, each) == then.watch.end())
      then.watch.push_back(each);
  put(group, of(0, who), then);
  return then;
}

result<group_outcome> group_table::leave(
  const group_name& group, std::span<const group_actor> who) {
  if (auto right = check_call(group, who); !right)
    return tl::unexpected(right.error());
  group_outcome then;
  take(group, of(0, who), then);
  if (then.changes.empty())
    return then;
  const auto& left = then.changes.front().change.who;
  for (const group_member& each : std::set<group_member>(left.begin(), left.end()))
    if (!needs(each.actor))
      then.unwatch.push_back(each.actor);
  return then;
}

group_outcome group_table::on_down(group_actor who) {
  if (const auto found = by_owner_.find(who); found != by_owner_.end())
    for (const group_monitor each : std::set<group_monitor>(found->second))
      forget_monitor(each);
  group_outcome then;
  if (const auto found = own_.find(who); found != own_.end()) {
    const std::vector<group_name> left(found->second.begin(), found->second.end());
    for (const group_name& each : left)
      take_all({0, who}, each, then);
  }
  return then;
}

result<void> group_table::check_call(
  std::string_view group, std::span<const group_actor> who) const {
  if (who.size() > most_.per_call)
    return fail(errc::batch_too_large, "a call names " + std::to_string(who.size()) +
                                         " actors, the limit is " + std::to_string(most_.per_call) +
                                         "; make several calls");
  return check_group_name(group);
}

bool group_table::needs(group_actor actor) const {
  return own_.contains(actor) || by_owner_.contains(actor);
}

// -- monitors -------------------------------------------------------------------------------------

result<group_table::monitored> group_table::monitor(
  group_actor owner, std::optional<group_name> group) {
  if (group)
    if (auto right = check_group_name(*group); !right)
      return tl::unexpected(right.error());
  if (monitors_.size() == most_.monitors)
    return tl::unexpected(too_many("monitors", most_.monitors, "demonitor some first"));
  monitored made{++last_monitor_};
  if (!needs(owner))
    made.watch.push_back(owner);
  if (group)
    by_group_[*group].insert(made.number);
  else
    of_all_groups_.insert(made.number);
  by_owner_[owner].insert(made.number);
  monitors_.emplace(made.number, monitor_entry{owner, std::move(group)});
  return made;
}

std::optional<group_outcome> group_table::demonitor(group_monitor which) {
  const auto found = monitors_.find(which);
  if (found == monitors_.end())
    return {};
  const group_actor owner = found->second.owner;
  forget_monitor(which);
  group_outcome then;
  if (!needs(owner))
    then.unwatch.push_back(owner);
  return then;
}

void group_table::forget_monitor(group_monitor which) {
  const auto found = monitors_.find(which);
  const monitor_entry& gone = found->second;
  of_all_groups_.erase(which);
  if (gone.group) {
    const auto of_group = by_group_.find(*gone.group);
    of_group->second.erase(which);
    if (of_group->second.empty())
      by_group_.erase(of_group);
  }
  const auto of_owner = by_owner_.find(gone.owner);
  of_owner->second.erase(which);
  if (of_owner->second.empty())
    by_owner_.erase(of_owner);
  monitors_.erase(found);
}

// -- members, of whatever node --------------------------------------------------------------------

std::vector<group_member> group_table::of(group_peer node, std::span<const group_actor> who) {
  std::vector<group_member> all;
  all.reserve(who.size());
  for (const group_actor each : who)
    all.push_back({node, each});
  return all;
}

void group_table::put(const group_name& name, std::vector<group_member> who, group_outcome& into) {
  if (who.empty())
    return;
  const auto place = groups_.try_emplace(name).first;
  members_of_group& to = place->second;
  for (auto each = who.rbegin(); each != who.rend(); ++each) {
    to.entries.insert({*each, ++last_entry_});
    if (each->node != 0) {
      peer_part& owner = peers_.at(each->node);
      owner.groups.insert(place->first);
      ++owner.memberships;
      continue;
    }
    own_[each->actor].insert(place->first);
    ++memberships_;
    if (++to.own == 1)
      ++own_groups_;
  }
  tell({group_change::act::join, name, std::move(who)}, into);
}

void group_table::take(
  const group_name& name, std::span<const group_member> who, group_outcome& into) {
  const auto place = groups_.find(name);
  if (place == groups_.end())
    return;
  members_of_group& from = place->second;
  std::vector<group_member> left;
  for (const group_member& each : who) {
    const auto behind = from.entries.upper_bound({each, last}); // its newest entry stands before
    if (behind == from.entries.begin() || std::prev(behind)->who != each)
      continue;
    take_out(place->first, from, std::prev(behind));
    left.push_back(each);
  }
  if (from.entries.empty())
    groups_.erase(place);
  if (!left.empty())
    tell({group_change::act::leave, name, std::move(left)}, into);
}

void group_table::take_all(const group_member& who, const group_name& name, group_outcome& into) {
  const members_of_group& from = groups_.find(name)->second;
  const auto first = from.entries.lower_bound({who, 0});
  const auto behind = from.entries.upper_bound({who, last});
  take(name, std::vector<group_member>(static_cast<std::size_t>(std::distance(first, behind)), who),
    into);
}

void group_table::take_out(
  std::string_view name, members_of_group& from, std::set<entry>::iterator which) {
  const group_member who = which->who;
  from.entries.erase(which);
  // The first entry from here on says whether anything is left of the actor, or of the peer.
  const auto has = [&](const entry& first, const auto& is_of) {
    const auto found = from.entries.lower_bound(first);
    return found != from.entries.end() && is_of(found->who);
  };
  if (who.node != 0) {
    peer_part& owner = peers_.at(who.node);
    --owner.memberships;
    if (!has({{who.node, 0}, 0}, [&](const group_member& m) { return m.node == who.node; }))
      owner.groups.erase(name);
    return;
  }
  --memberships_;
  if (--from.own == 0)
    --own_groups_;
  if (has({who, 0}, [&](const group_member& m) { return m == who; }))
    return;
  const auto joined = own_.find(who.actor);
  joined->second.erase(name);
  if (joined->second.empty())
    own_.erase(joined);
}

void group_table::tell(group_change change, group_outcome& into) const {
  std::vector<group_monitor> to(of_all_groups_.begin(), of_all_groups_.end());
  if (const auto found = by_group_.find(change.group); found != by_group_.end())
    to.insert(to.end(), found->second.begin(), found->second.end());
  into.changes.push_back({std::move(change), std::move(to)});
}

// -- reading --------------------------------------------------------------------------------------

std::vector<group_member> group_table::members(std::string_view group) const {
  const auto found = groups_.find(group);
  return found == groups_.end() ? std::vector<group_member>{}
                                : newest_first(found->second, found->second.entries.size());
}

std::vector<group_member> group_table::own_members(std::string_view group) const {
  const auto found = groups_.find(group);
  return found == groups_.end() ? std::vector<group_member>{}
                                : newest_first(found->second, found->second.own);
}

std::vector<group_member> group_table::newest_first(const members_of_group& of, std::size_t first) {
  std::vector<entry> sorted;
  sorted.reserve(first);
  for (auto each = of.entries.begin(); sorted.size() < first; ++each)
    sorted.push_back(*each);
  std::ranges::sort(sorted, std::ranges::greater{}, &entry::since);
  std::vector<group_member> all;
  all.reserve(first);
  for (const entry& each : sorted)
    all.push_back(each.who);
  return all;
}

std::vector<group_name> group_table::which_groups() const {
  std::vector<group_name> all;
  all.reserve(groups_.size());
  for (const auto& [name, group] : groups_)
    all.push_back(name);
  return all;
}

std::vector<group_name> group_table::which_own_groups() const {
  std::vector<group_name> all;
  all.reserve(own_groups_);
  for (const auto& [name, group] : groups_)
    if (group.own > 0)
      all.push_back(name);
  return all;
}

std::vector<group_size> group_table::sizes(std::string_view after, std::size_t most) const {
  std::vector<group_size> page;
  for (auto each = groups_.upper_bound(after); each != groups_.end() && page.size() < most; ++each)
    page.push_back({each->first, each->second.entries.size(), each->second.own});
  return page;
}

std::vector<group_share> group_table::shares(
  std::string_view group, const std::optional<group_member>& after, std::size_t most) const {
  std::vector<group_share> page;
  const auto found = groups_.find(group);
  if (found == groups_.end())
    return page;
  const auto& entries = found->second.entries;
  auto each = after ? entries.upper_bound({*after, last}) : entries.begin();
  for (; each != entries.end(); ++each) {
    if (page.empty() || page.back().who != each->who) {
      if (page.size() == most)
        break;
      page.push_back({each->who, 0});
    }
    ++page.back().joined;
  }
  return page;
}

} // namespace aiex
