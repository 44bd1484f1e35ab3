// What the crash ledger has about one child.
#pragma once

#include "aiex/actors/flow/crash_ledger_memory.hpp"

#include "aiexd/verbs/verb_call.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// The newest so many are told.
inline constexpr std::size_t crashes_told_max = 100;
/// So many are counted.
inline constexpr std::uint64_t crashes_counted_max = 10'000;

struct logged_crash {
  std::string what; ///< "exited", "restarting", …
  crash seen;       ///< Without its site.
};

struct crash_log {
  std::string child; ///< As it was asked for.
  /// The newest of all that is recorded; the last crash is among them, however old it is.
  std::vector<logged_crash> newest_first{};
  std::uint64_t crashes = 0;    ///< See `types_of_crashes`; up to `crashes_counted_max`.
  std::string since{};          ///< When the oldest of these was seen.
  std::optional<crash> sited{}; ///< The newest that says where it was.
};

/// Reads the log, then calls `then`. Refuses the call by itself: invalid_argument (no child is
/// named), corrupt, io.
void find_crashes(
  verb_call call, std::string child, std::function<void(verb_call, crash_log)> then);

/// Refuses the call if the tree has no such child; else `then`, for one that has not crashed.
void with_known_child(
  verb_call call, const std::string& child, std::function<void(verb_call&)> then);

} // namespace aiex
