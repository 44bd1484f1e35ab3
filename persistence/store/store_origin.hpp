#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/log/entry_chain.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace aiex {

/// Where the history of a restored folder branched off: up to `at`, its log is the older history's.
/// Stands in the folder's file `origin`.
struct store_origin {
  uuid store{};
  uuid history{};          ///< The older one.
  chain_end at{};          ///< Where the log stood when its backup was begun.
  timestamp archived_at{}; ///< When that was.
  timestamp restored_at{};

  bool operator==(const store_origin&) const = default;
};

/// Durable. Errors: io, store_full.
result<void> write_origin(const std::filesystem::path& folder, const store_origin& origin);

/// Nothing for a folder that was never restored. Errors: corrupt, unknown_version, io.
result<std::optional<store_origin>> read_origin(const std::filesystem::path& folder);

} // namespace aiex
