#pragma once

#include "aiex/persistence/archive/read_archive.hpp"
#include "aiex/persistence/storage/log_storage.hpp"

#include <filesystem>

namespace aiex {

struct backup_options {
  std::filesystem::path file; ///< Must not be there yet.
  uuid store{};
  uuid history{};
  std::string node{};
  timestamp created_at{};
  int zstd_level = 3; ///< 0 to 19; 0 stores entries as they are.
};

/// Writes the log up to `head` into one file, beside a running writer, which never waits for it:
/// `head` is what `event_store::head` answers when it begins, so the archive is the log as of that
/// position however long it takes. No snapshot is held: the log is read in steps of about
/// `limits::archive_frame_bytes`. Each entry is verified on its way, so that damage is found here
/// and not in the archive. Memory does not grow with the log.
///
///   durable   once it returns; before that there is no file of that name
///   thread    any, for as long as it takes; not the writer's
///   errors    already_exists, in_use (the file is being written), invalid_argument (the level),
///             corrupt (the log is damaged, `error::actual` says where), stopped (by `progress`),
///             store_full (no room for the file), io. No file is there then.
result<checked_archive> backup(const log_storage& log, const chain_end& head,
  const backup_options& options, archive_progress_function progress);

} // namespace aiex
