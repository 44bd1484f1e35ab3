#pragma once

#include "aiex/persistence/storage/log_storage.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace aiex {

struct lmdb_log_options {
  std::filesystem::path folder;           ///< Exists; holds this log and nothing else.
  std::uint64_t map_bytes = 256ULL << 30; ///< Reserved address space; the file is sparse.
  bool read_only = false;                 ///< Beside a writer in another process.
  bool may_be_cut = false;                ///< For a checker: whoever reads behind the cut dies.
};

struct lmdb_log {
  log_storage log;
  std::function<std::uint64_t()>
    bytes_free; ///< Of the map or the disk, whichever has less. Any thread.
};

/// The log in an LMDB environment of its own: one table, only appended to, so that a commit touches
/// few pages. Every sync is one synced commit. Errors: io, corrupt (also: the file was cut
/// short), unknown_version.
result<lmdb_log> open_lmdb_log(const lmdb_log_options& options);

} // namespace aiex
