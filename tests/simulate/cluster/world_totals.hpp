#pragma once

#include "aiex/persistence/base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace aiex::test {

/// What happened in worlds, counted.
struct world_totals {
  std::uint64_t seeds = 0;
  std::uint64_t steps = 0;
  std::uint64_t entries = 0; ///< Agreed on.
  std::uint64_t events = 0;
  std::uint64_t elections = 0; ///< Terms with a leader.
  std::uint64_t crashes = 0;
  std::uint64_t messages = 0; ///< Delivered.
  std::uint64_t appends = 0;  ///< Answered ok.
  std::uint64_t reads = 0;    ///< The same.
  std::uint64_t commands = 0; ///< Of sessions, the same.
  std::uint64_t faults = 0;   ///< Crashes included.

  world_totals& operator+=(const world_totals& more);
  bool operator==(const world_totals&) const = default;
};

/// "120 seeds, 4711 entries, …".
std::string describe(const world_totals& totals);

/// A file of many runs, so that they can be done in pieces: the seed that comes next, and totals.
struct totals_file {
  std::uint64_t next_seed = 1;
  world_totals totals{};
};

/// A file that is not there is an empty one. Errors: corrupt, io.
result<totals_file> load_totals(const std::filesystem::path& file);
/// Durable when this returns. Errors: io.
result<void> save_totals(const std::filesystem::path& file, const totals_file& what);

} // namespace aiex::test
