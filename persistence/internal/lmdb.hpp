// LMDB behind names of our own: the one pair of files that knows <lmdb.h>. Never installed.
//
// Rules that hold here: MDB_NOTLS, so that a read transaction belongs to no thread; never
// MDB_WRITEMAP; every table opened once, when the environment is; the map reserved once, large and
// sparse; an environment opened once per process; the readers' table cleared of dead processes.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/storage/direction.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"

#include <lmdb.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiex::internal {

struct lmdb_options {
  std::filesystem::path folder;
  std::uint64_t map_bytes = 0;
  std::vector<std::string> tables;
  bool integer_keys = false; ///< Keys are one native 64-bit number.
  bool sync = true;          ///< Whether a commit waits for the disk.
  bool read_only = false;
  bool may_be_cut = false; ///< For a checker, which may die of it.
};

/// LMDB's answer as an error: store_full, corrupt, unknown_version, overloaded or, for all the
/// rest, io; with LMDB's words.
error lmdb_error(int code, const char* what, const std::filesystem::path& folder);

/// An open environment. Any thread reads; one at a time writes, and a write transaction stays in
/// its thread.
class lmdb_environment {
public:
  /// Errors: corrupt, also for a file that was cut short, behind whose end a read is SIGBUS and no
  /// error; unknown_version; io.
  static result<std::shared_ptr<lmdb_environment>> open(const lmdb_options& options);
  ~lmdb_environment();
  lmdb_environment(const lmdb_environment&) = delete;
  lmdb_environment& operator=(const lmdb_environment&) = delete;

  MDB_env* handle() const noexcept { return environment_; }
  MDB_dbi table(std::size_t number) const { return tables_.at(number); }
  const std::filesystem::path& folder() const noexcept { return folder_; }

  /// What no later write may be tried after: a failed one may have lost pages that a later one
  /// would build upon.
  const std::optional<error>& failure() const noexcept { return failure_; }
  void set_failure(error why) { failure_ = std::move(why); }

  /// Waits until everything committed is on the disk. Errors: io; then the environment has failed.
  result<void> sync();

  /// What the map and the file system still have, whichever is less.
  std::uint64_t bytes_free() const;

  /// A renewed read transaction from the pool. Errors: overloaded (`readers_max` are open), io.
  result<MDB_txn*> begin_read();
  void end_read(MDB_txn* transaction);

  /// To be called behind each commit, by the writer. Keeps the file as long as `open` wants it. No
  /// page that a reader might still see is used again: so now and then lets go of what belongs to
  /// processes that died while they read.
  void committed();

  static constexpr unsigned readers_max = 1'022;
  static constexpr unsigned commits_per_reader_check = 1'024;

private:
  explicit lmdb_environment(const lmdb_options& options)
      : folder_(options.folder), sync_(options.sync) {}
  int open_tables(const lmdb_options& options);
  std::uint64_t bytes_used() const;
  std::optional<std::uint64_t> file_bytes() const;
  result<void> check_size() const;
  void lengthen();

  std::filesystem::path folder_;
  bool sync_;
  MDB_env* environment_ = nullptr;
  std::vector<MDB_dbi> tables_;
  std::optional<error> failure_;
  unsigned commits_ = 0; // since dead readers were looked for
  std::mutex pool_lock_;
  std::vector<MDB_txn*> pool_; // reset; guarded by pool_lock_
};

/// Lets go of what belongs to processes that died while they read. Not in a process that has the
/// environment open.
result<void> clear_dead_readers(const std::filesystem::path& folder);

/// A read transaction for the length of a scope.
class lmdb_read {
public:
  static result<lmdb_read> begin(lmdb_environment& environment);
  ~lmdb_read();
  lmdb_read(lmdb_read&& from) noexcept;
  lmdb_read& operator=(lmdb_read&&) = delete;

  MDB_txn* handle() const noexcept { return transaction_; }

private:
  lmdb_read(lmdb_environment& environment, MDB_txn* transaction)
      : environment_(&environment), transaction_(transaction) {}
  lmdb_environment* environment_;
  MDB_txn* transaction_;
};

/// A cursor for the length of a scope.
class lmdb_cursor {
public:
  /// Throws storage_failure.
  lmdb_cursor(MDB_txn* transaction, MDB_dbi table, const lmdb_environment& environment);
  ~lmdb_cursor();
  lmdb_cursor(const lmdb_cursor&) = delete;
  lmdb_cursor& operator=(const lmdb_cursor&) = delete;

  /// Whether there is such a key; the values are the found ones then. Throws storage_failure.
  bool move(MDB_val& key, MDB_val& value, MDB_cursor_op how);

private:
  MDB_cursor* cursor_ = nullptr;
  const lmdb_environment& environment_;
};

inline MDB_val to_val(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}
inline std::string_view to_view(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

} // namespace aiex::internal
