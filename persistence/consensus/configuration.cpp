#include "aiex/persistence/consensus/configuration.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/bytes.hpp"
#include "aiex/persistence/codec/sealed.hpp"

#include <algorithm>
#include <functional>

namespace aiex::consensus {

const member* configuration::find(member_id id) const {
  const auto found = std::ranges::find(members, id, &member::id);
  return found == members.end() ? nullptr : &*found;
}

bool configuration::is_voter(member_id id) const {
  const member* found = find(id);
  return found != nullptr && found->role == member_role::voter;
}

std::size_t configuration::voters() const {
  return static_cast<std::size_t>(std::ranges::count(members, member_role::voter, &member::role));
}

bool configuration::is_alone(member_id self) const {
  return members.size() == 1 && is_voter(self);
}

std::uint64_t configuration::reached_by_majority(
  function_ref<std::uint64_t(member_id)> reached) const {
  std::vector<std::uint64_t> values;
  for (const member& each : members)
    if (each.role == member_role::voter)
      values.push_back(reached(each.id));
  if (values.empty())
    return 0;
  std::ranges::sort(values, std::greater{});
  return values[values.size() / 2];
}

tally configuration::count(function_ref<std::optional<bool>(member_id)> answer) const {
  std::size_t yes = 0;
  std::size_t open = 0;
  for (const member& each : members) {
    if (each.role != member_role::voter)
      continue;
    const auto said = answer(each.id);
    yes += said == true ? 1 : 0;
    open += said ? 0 : 1;
  }
  const std::size_t needed = voters() / 2 + 1;
  if (yes >= needed)
    return tally::won;
  return yes + open >= needed ? tally::pending : tally::lost;
}

std::string to_bytes(const configuration& members) {
  std::string bytes;
  bytes_writer write{bytes};
  write.raw(members.history.view());
  write.u8(static_cast<std::uint8_t>(members.members.size()));
  for (const member& each : members.members) {
    write.raw(each.id.view());
    write.u8(static_cast<std::uint8_t>(each.role));
    write.text(each.name);
    write.text(each.address);
  }
  return sealed(bytes);
}

namespace {

bool are_names_short(const member& one) {
  return one.name.size() <= aiex::limits::node_name_bytes_max &&
         one.address.size() <= limits::address_bytes;
}

/// Ids ascend, and nothing exceeds its limit.
bool is_sound(const configuration& made) {
  for (std::size_t i = 0; i < made.members.size(); ++i) {
    const member& each = made.members[i];
    if (each.id.is_nil() || (i > 0 && !(made.members[i - 1].id < each.id)) ||
        !are_names_short(each))
      return false;
    if (each.role != member_role::voter && each.role != member_role::learner)
      return false;
  }
  return made.members.size() <= limits::members && made.voters() <= limits::voters;
}

} // namespace

result<configuration> configuration_of(std::string_view bytes) {
  const auto inner = unsealed(bytes);
  if (!inner)
    return fail(errc::corrupt, "the members of the cluster fail their checksum");
  bytes_reader read{*inner};
  configuration made;
  const std::string_view history = read.raw(16);
  const std::size_t count = read.u8();
  for (std::size_t i = 0; i < count && read.ok(); ++i) {
    const std::string_view id = read.raw(16);
    const auto role = static_cast<member_role>(read.u8());
    const std::string_view name = read.text();
    const std::string_view address = read.text();
    if (read.ok())
      made.members.push_back({uuid_from_bytes(id), role, std::string{name}, std::string{address}});
  }
  if (!read.ok() || read.remaining() != 0 || !is_sound(made))
    return fail(errc::corrupt, "the members of the cluster are not what an aiex writes");
  made.history = uuid_from_bytes(history);
  return made;
}

namespace {

result<configuration> with_learner(configuration now, const member& subject) {
  if (subject.id.is_nil() || !are_names_short(subject))
    return fail(
      errc::invalid_argument, "a member needs a store id, and a name of 64 bytes or less");
  const bool is_known = std::ranges::any_of(now.members, [&](const member& each) {
    return each.id == subject.id || (!subject.name.empty() && each.name == subject.name);
  });
  if (is_known)
    return fail(
      errc::already_exists, "a member of this id or name is there; replace it, or remove it first");
  if (now.members.size() >= limits::members)
    return fail(errc::overloaded, "the cluster has as many members as it may; remove one first");
  member added = subject;
  added.role = member_role::learner;
  now.members.insert(
    std::ranges::lower_bound(now.members, added.id, {}, &member::id), std::move(added));
  return now;
}

result<configuration> with_role(configuration now, member_id id, member_role role) {
  const auto at = std::ranges::find(now.members, id, &member::id);
  if (at->role == role)
    return fail(errc::invalid_argument, "the member already has that role");
  if (role == member_role::voter && now.voters() >= limits::voters)
    return fail(errc::overloaded, "the cluster has as many voters as it may; demote one first");
  if (role == member_role::learner && now.voters() == 1)
    return fail(errc::invalid_argument, "the last voter cannot go; promote another one first");
  at->role = role;
  return now;
}

} // namespace

result<configuration> changed(const configuration& before, const member_change& change) {
  using act = member_change::act;
  if (change.what == act::add_learner)
    return with_learner(before, change.subject);
  const member* known = before.find(change.subject.id);
  if (known == nullptr)
    return fail(errc::invalid_argument, "there is no such member");
  configuration after = before;
  const auto at = std::ranges::find(after.members, change.subject.id, &member::id);
  switch (change.what) {
  case act::promote: return with_role(std::move(after), known->id, member_role::voter);
  case act::demote: return with_role(std::move(after), known->id, member_role::learner);
  case act::remove:
    if (known->role == member_role::voter && before.voters() == 1)
      return fail(errc::invalid_argument, "the last voter cannot go; promote another one first");
    after.members.erase(at);
    return after;
  case act::rename:
    if (!are_names_short(change.subject) ||
        std::ranges::any_of(before.members, [&](const member& each) {
          return each.id != known->id && !each.name.empty() && each.name == change.subject.name;
        }))
      return fail(errc::invalid_argument, "the name is too long or another member's");
    at->name = change.subject.name;
    at->address = change.subject.address;
    return after;
  case act::add_learner: break;
  }
  return fail(errc::invalid_argument, "there is no such change of members");
}

std::vector<member_change> replacement_plan(
  const configuration& now, std::string_view name, member_id id) {
  const auto old = std::ranges::find(now.members, name, &member::name);
  if (name.empty() || old == now.members.end() || old->id == id)
    return {};
  using act = member_change::act;
  std::vector<member_change> plan;
  const bool is_only_voter = old->role == member_role::voter && now.voters() == 1;
  plan.push_back({act::add_learner, {id, member_role::learner, {}, old->address}});
  if (is_only_voter)
    plan.push_back({act::promote, {.id = id}});
  plan.push_back({act::remove, {.id = old->id}});
  if (old->role == member_role::voter && !is_only_voter)
    plan.push_back({act::promote, {.id = id}});
  plan.push_back({act::rename, {id, member_role::voter, old->name, old->address}});
  return plan;
}

} // namespace aiex::consensus
