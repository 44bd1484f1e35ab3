// Which requests to a gateway read what is in the log, or follows from it, and how fresh that is to
// be.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace aiex {

/// The key of a request that says it: "linearizable", all that was answered anywhere before (also
/// without one), or "local", what the node has applied by now. Only reads know it.
inline constexpr std::string_view read_key = "read";
inline constexpr std::string_view read_local = "local";
inline constexpr std::string_view read_linearizable = "linearizable";

inline constexpr std::array<std::string_view, 11> read_verbs{"events", "state", "projections",
  "projection_show", "session_show", "session_list", "session_stats", "replay", "names", "why",
  "crash_test"};

constexpr bool is_read(std::string_view verb) noexcept {
  return std::ranges::find(read_verbs, verb) != read_verbs.end();
}

} // namespace aiex
