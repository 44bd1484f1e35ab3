// Restoring: from an archive to a node's folder.
//
// The new folder is made beside the old one, as `<folder>.restoring`; it is nobody's until its
// identity is written, as the last thing of all. Then the two change places in one step, and what
// was there is renamed to `<folder>.before-restore-<time>`. A crash leaves at `<folder>` what was
// there before, or the restored one, whole; what lies about is dealt with by the next restore:
// removed if it was never whole, else kept under such a name.
//
// The log's entries are restored byte for byte: index, term, position, time, digests and chain are
// those of the archive, and the next entry continues the chain. What tells the two histories apart
// is the history id in the folder's identity; `origin` says where the new one branched off. State
// is built anew from the log; read models and snapshots begin empty.
#pragma once

#include "aiex/persistence/archive/read_archive.hpp"
#include "aiex/persistence/store/data_folder.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace aiex {

/// The steps of a restore, each named when it is done.
enum class restore_step : std::uint8_t {
  checked, ///< The archive is sound. Nothing was touched.
  begun,   ///< The new folder exists.
  log_written,
  state_written,
  completed, ///< The new folder is whole, and synced.
  switched,  ///< It is in its place.
  kept,      ///< What was there has its name.
};

struct restore_options {
  std::filesystem::path file;
  std::filesystem::path folder;
  uuid history{}; ///< The new history's id, never used before.
  timestamp restored_at{};
  std::string node{};          ///< Empty: the archive's.
  std::optional<uuid> store{}; ///< For a copy beside the original. Nothing: the archive's.
  bool replace = false;        ///< Whether a folder with events in it may be put aside.
  std::uint64_t map_bytes = 256ULL << 30;
  std::function<void(restore_step)> reached{}; ///< Hears of each step.
};

struct restored_store {
  store_identity identity;
  chain_end head;
  std::optional<std::filesystem::path> kept; ///< Where lies what was there before.
};

/// Checks the whole archive, then makes the folder and switches.
///
///   folder    absent, empty or without events; or any other with `replace`. No node may run there
///   durable   once it returns
///   errors    already_exists (`replace` is needed, or something else is in the way), in_use (a
///   node, or another restore, has the
///             folder), invalid_argument (the archive does not begin with the log), store_full,
///             those of `read_archive`, io. What was there is as it was then, unless the message
///             says otherwise
result<restored_store> restore(const restore_options& options, archive_progress_function progress);

} // namespace aiex
