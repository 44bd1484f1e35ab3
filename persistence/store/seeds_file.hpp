// Whom a node asks about its cluster when it starts: the folder's file `seeds`, text, an address a
// line. Stands there before anything else does, so that a node which was told to join a cluster
// never founds one of its own.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace aiex {

inline constexpr std::size_t seeds_max = 64;

/// Makes the folder if it is not there. Durable. Errors: invalid_argument (too many, or an empty
/// one), io, store_full.
result<void> write_seeds(
  const std::filesystem::path& folder, const std::vector<std::string>& addresses);

/// Nothing if it was never told any. Errors: corrupt, io.
result<std::vector<std::string>> read_seeds(const std::filesystem::path& folder);

} // namespace aiex
