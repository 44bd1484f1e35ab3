// groups: process groups as they are now, in pages.
#pragma once

#include "aiexd/verbs/verb_call.hpp"

#include <cstddef>

namespace aiex {

inline constexpr std::size_t groups_per_page_max = 1'000;

/// Without "name": {"scope", "group", "members", "local"} of each group. With it: {"scope",
/// "group", "node", "actor", "path", "joined"} of each member; "path" of those that stand in the
/// node's tree. A group that is not there has no members. "scope": "aiex" unless said. Errors:
/// not_found (the scope), invalid_argument, invalid_history (the cursor).
void run_groups(verb_call call);

} // namespace aiex
