#pragma once

#include "aiex/persistence/storage/ordered_tables.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace aiex {

struct lmdb_tables_options {
  std::filesystem::path folder;            ///< Exists; holds these tables and nothing else.
  std::span<const std::string_view> names; ///< Up to 32, in the order of their ids.
  std::uint64_t map_bytes = 256ULL << 30;  ///< Reserved address space; the file is sparse.
  /// Whether every write waits for the disk. If not, `durability::synced` and `sync` still do, and
  /// after a power loss the file may be damaged: only for what can be derived again.
  bool always_sync = true;
  bool read_only = false;  ///< Beside a writer in another process.
  bool may_be_cut = false; ///< For a checker: whoever reads behind the cut dies.
};

/// Tables in an LMDB environment of their own. Errors: io, corrupt (also: the file was cut short),
/// unknown_version, invalid_argument (too many tables).
result<ordered_tables> open_lmdb_tables(const lmdb_tables_options& options);

} // namespace aiex
