// What a caller of a node may do.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace aiex {

/// Stands in certificates by name. Add at the end, never renumber.
enum class caller_role : std::uint8_t {
  observing = 1, ///< "observer": how the node is.
  reading = 2,   ///< "reader": and what it keeps.
  writing = 3,   ///< "writer": and events and commands.
  operating = 4, ///< "operator": and all that keeps a node running.
  auditing = 5,  ///< "auditor": a reader who also reads the audit log.
  admin = 6,     ///< All.
};

/// "operator" for `caller_role::operating`, and so on.
std::string_view name(caller_role role) noexcept;

/// Nothing for a text that is no role's name.
std::optional<caller_role> role_named(std::string_view text) noexcept;

/// The roles in the order above.
const std::vector<caller_role>& all_roles();

/// Whether who has the one role may do what needs the other.
bool includes(caller_role has, caller_role needs) noexcept;

} // namespace aiex
