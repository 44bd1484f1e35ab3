#pragma once

#include "aiex/persistence/store/verify.hpp"

#include <filesystem>

namespace aiex {

/// Passed between processes. Add at the end, never renumber.
enum class verify_scope : std::uint8_t {
  log_and_state = 1, ///< The state only if it is to be trusted (see `data_folder`).
  log = 2,
  models = 3,  ///< Read models and snapshots. `head` is the last position that one has counted.
  readers = 4, ///< Checks nothing: lets go of what belongs to processes that died while they read.
};

/// Runs `verify` on a node's folder, in this process, which the folder may kill if it is damaged
/// enough: see `verify_in_child`. Writes nothing but the folder's lock and LMDB's tables of readers
/// (`lock`, `lock.mdb`), so these must be writable. If no node runs there, none can be started
/// meanwhile; if one does, reads beside it, as LMDB allows. A state and
/// read models that cannot be read are findings, for they are derived from the log; a log that
/// cannot be read is an error.
///
/// Errors: not_found (no node's folder), lost_events (without a log), corrupt, unknown_version, io.
result<verify_report> verify_folder(const std::filesystem::path& folder, verify_scope scope,
  function_ref<void(std::uint64_t events)> progress);

} // namespace aiex
