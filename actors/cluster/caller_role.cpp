#include "aiex/actors/cluster/caller_role.hpp"

namespace aiex {

std::string_view name(caller_role role) noexcept {
  switch (role) {
  case caller_role::observing: return "observer";
  case caller_role::reading: return "reader";
  case caller_role::writing: return "writer";
  case caller_role::operating: return "operator";
  case caller_role::auditing: return "auditor";
  case caller_role::admin: return "admin";
  }
  return "unknown";
}

std::optional<caller_role> role_named(std::string_view text) noexcept {
  for (const caller_role each : all_roles())
    if (name(each) == text)
      return each;
  return std::nullopt;
}

const std::vector<caller_role>& all_roles() {
  static const std::vector<caller_role> all{caller_role::observing, caller_role::reading,
    caller_role::writing, caller_role::operating, caller_role::auditing, caller_role::admin};
  return all;
}

bool includes(caller_role has, caller_role needs) noexcept {
  if (has == needs || has == caller_role::admin)
    return true;
  if (needs == caller_role::auditing || needs == caller_role::admin)
    return false;
  if (has == caller_role::auditing)
    return needs <= caller_role::reading;
  return needs < has;
}

} // namespace aiex
