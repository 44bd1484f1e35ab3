#include "aiex/actors/cluster/membership_core.hpp"

namespace aiex {

std::optional<consensus::member_change> wish_of(
  const own_membership& self, const seen_members& seen) {
  using consensus::member_change;
  using consensus::member_role;
  if (!seen.has_company)
    return std::nullopt;
  const consensus::member as_learner{self.store, member_role::learner, self.name, self.address};
  if (seen.is_joining)
    return member_change{member_change::act::add_learner, as_learner};
  const consensus::member* const listed = seen.now.find(self.store);
  if (listed == nullptr)
    return std::nullopt;
  if (listed->name != self.name || listed->address != self.address)
    return member_change{
      member_change::act::rename, {self.store, listed->role, self.name, self.address}};
  if (listed->role == member_role::learner && seen.now.voters() < consensus::limits::voters)
    return member_change{member_change::act::promote, as_learner};
  return std::nullopt;
}

} // namespace aiex
