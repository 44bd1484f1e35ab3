#pragma once

#include "aiex/persistence/archive/archive_reader.hpp"
#include "aiex/persistence/base/function_ref.hpp"
#include "aiex/persistence/log/entry.hpp"

#include <filesystem>
#include <string_view>

namespace aiex {

/// How far a backup, a check or a restore has come.
struct archive_progress {
  std::uint64_t entries = 0;
  std::uint64_t entries_total = 0;
  std::uint64_t bytes = 0; ///< Of the entries so far, as in the log.
};

/// Hears of progress once per frame or so; answers whether to go on.
using archive_progress_function = function_ref<bool(const archive_progress&)>;

/// What an archive that is sound from its first byte to its last holds.
struct checked_archive {
  archive_manifest manifest;
  archive_summary summary;
};

/// Reads a whole archive: every digest, every checksum of every entry, their chain, and that they
/// are those that the manifest names. `each` gets every entry and its bytes, in order, before the
/// rest of the archive is known to be sound; its error ends the reading. Errors: those of
/// `archive_reader` (`error::actual` is the first position that the archive does not prove, if it
/// has a manifest), `stopped` (by `progress`).
using archived_entry_function =
  function_ref<result<void>(const entry_view& entry, std::string_view bytes)>;
result<checked_archive> read_archive(const std::filesystem::path& file,
  archived_entry_function each, archive_progress_function progress);

/// The same without looking at the entries.
result<checked_archive> check_archive(
  const std::filesystem::path& file, archive_progress_function progress);

} // namespace aiex
