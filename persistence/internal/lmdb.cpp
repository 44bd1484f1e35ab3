// Tested by tests/persistence/storage/log_storage_test.cpp
#include "aiex/persistence/internal/lmdb.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace aiex::internal {

namespace {

constexpr unsigned tables_max = 32;
constexpr mdb_mode_t file_mode = 0600;

unsigned flags_of(const lmdb_options& options) {
  unsigned flags = MDB_NOTLS;
  if (!options.sync)
    flags |= MDB_NOSYNC;
  if (options.read_only)
    flags |= MDB_RDONLY;
  return flags;
}

} // namespace

error lmdb_error(int code, const char* what, const std::filesystem::path& folder) {
  errc kind = errc::io;
  switch (code) {
  case MDB_MAP_FULL:
  case MDB_TXN_FULL:
  case ENOSPC:
  case EDQUOT: kind = errc::store_full; break;
  case MDB_CORRUPTED:
  case MDB_PAGE_NOTFOUND:
  case MDB_INVALID:
  case MDB_BAD_TXN: kind = errc::corrupt; break;
  case MDB_VERSION_MISMATCH: kind = errc::unknown_version; break;
  case MDB_READERS_FULL: kind = errc::overloaded; break;
  default: break;
  }
  return {kind, fmt::format("{} in {}: {}", what, folder.string(), mdb_strerror(code)), 0};
}

result<std::shared_ptr<lmdb_environment>> lmdb_environment::open(const lmdb_options& options) {
  if (options.tables.size() > tables_max)
    return fail(
      errc::invalid_argument, fmt::format("{} tables are asked for, up to {} are possible",
                                options.tables.size(), tables_max));
  std::shared_ptr<lmdb_environment> made{new lmdb_environment{options}};
  int code = mdb_env_create(&made->environment_);
  if (code == 0)
    code = mdb_env_set_mapsize(made->environment_, options.map_bytes);
  if (code == 0)
    code = mdb_env_set_maxdbs(made->environment_, tables_max);
  if (code == 0)
    code = mdb_env_set_maxreaders(made->environment_, readers_max);
  if (code == 0)
    code = mdb_env_open(made->environment_, options.folder.c_str(), flags_of(options), file_mode);
  if (code == 0)
    code = mdb_reader_check(made->environment_, nullptr);
  if (code == 0 && !options.may_be_cut)
    if (auto whole = made->check_size(); !whole)
      return tl::unexpected(std::move(whole.error()));
  if (code == 0)
    code = made->open_tables(options);
  if (code != 0)
    return tl::unexpected(lmdb_error(code, "cannot open the store", options.folder));
  return made;
}

int lmdb_environment::open_tables(const lmdb_options& options) {
  MDB_txn* transaction = nullptr;
  int code =
    mdb_txn_begin(environment_, nullptr, options.read_only ? MDB_RDONLY : 0U, &transaction);
  if (code != 0)
    return code;
  for (const std::string& name : options.tables) {
    const unsigned flags = (options.read_only ? 0U : MDB_CREATE) |
                           (options.integer_keys ? static_cast<unsigned>(MDB_INTEGERKEY) : 0U);
    MDB_dbi table = 0;
    code = mdb_dbi_open(transaction, name.c_str(), flags, &table);
    if (code != 0) {
      mdb_txn_abort(transaction);
      return code;
    }
    tables_.push_back(table);
  }
  return mdb_txn_commit(transaction); // a table opened in an aborted transaction is closed again
}

result<void> clear_dead_readers(const std::filesystem::path& folder) {
  auto opened = lmdb_environment::open(
    {.folder = folder, .map_bytes = 1 << 20, .tables = {}, .read_only = true, .may_be_cut = true});
  return opened ? result<void>{} : tl::unexpected(std::move(opened.error())); // opening does it
}

lmdb_environment::~lmdb_environment() {
  for (MDB_txn* const each : pool_)
    mdb_txn_abort(each);
  if (environment_ != nullptr)
    mdb_env_close(environment_);
}

result<void> lmdb_environment::sync() {
  if (failure_)
    return tl::unexpected(*failure_);
  if (const int code = mdb_env_sync(environment_, 1); code != 0) {
    failure_ = lmdb_error(code, "cannot sync", folder_);
    return tl::unexpected(*failure_);
  }
  return {};
}

std::optional<std::uint64_t> lmdb_environment::file_bytes() const {
  int descriptor = -1;
  struct stat file {};
  if (mdb_env_get_fd(environment_, &descriptor) != 0 || ::fstat(descriptor, &file) != 0)
    return std::nullopt;
  return static_cast<std::uint64_t>(file.st_size);
}

result<void> lmdb_environment::check_size() const {
  const auto bytes = file_bytes();
  if (!bytes)
    return fail(errc::io, fmt::format("cannot look at the file in {}", folder_.string()));
  if (*bytes < bytes_used())
    return fail(errc::corrupt, fmt::format("{} was cut short: it has {} bytes where {} are in use",
                                 (folder_ / "data.mdb").string(), *bytes, bytes_used()));
  return {};
}

void lmdb_environment::committed() {
  lengthen();
  if (++commits_ < commits_per_reader_check)
    return;
  commits_ = 0;
  (void)mdb_reader_check(environment_, nullptr); // if it fails: again after as many commits
}

/// Pages that a transaction added and freed again count as used and are never written. Were the
/// file to end before them, it could not be told from one that was cut short.
void lmdb_environment::lengthen() {
  int descriptor = -1;
  const auto bytes = file_bytes();
  if (!bytes || *bytes >= bytes_used() || mdb_env_get_fd(environment_, &descriptor) != 0)
    return;
  if (::ftruncate(descriptor, static_cast<off_t>(bytes_used())) != 0)
    return;                                  // behind the next commit
  if (sync_ && ::fdatasync(descriptor) != 0) // a power loss would leave it short
    failure_ = error{errc::io,
      fmt::format(
        "cannot sync the length of the file in {}: {}", folder_.string(), std::strerror(errno)),
      0};
}

std::uint64_t lmdb_environment::bytes_used() const {
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(environment_, &info);
  mdb_env_stat(environment_, &stat);
  return (info.me_last_pgno + 1) * stat.ms_psize;
}

std::uint64_t lmdb_environment::bytes_free() const {
  MDB_envinfo info{};
  mdb_env_info(environment_, &info);
  const std::uint64_t used = bytes_used();
  const std::uint64_t in_map = info.me_mapsize > used ? info.me_mapsize - used : 0;
  struct statvfs disk {};
  if (::statvfs(folder_.c_str(), &disk) != 0)
    return 0;
  return std::min<std::uint64_t>(in_map, std::uint64_t{disk.f_bavail} * disk.f_frsize);
}

result<MDB_txn*> lmdb_environment::begin_read() {
  MDB_txn* transaction = nullptr;
  {
    const std::lock_guard guard{pool_lock_};
    if (!pool_.empty()) {
      transaction = pool_.back();
      pool_.pop_back();
    }
  }
  const int code = transaction != nullptr
                     ? mdb_txn_renew(transaction)
                     : mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction);
  if (code != 0)
    return tl::unexpected(lmdb_error(code, "cannot begin to read", folder_));
  return transaction;
}

void lmdb_environment::end_read(MDB_txn* transaction) {
  mdb_txn_reset(transaction);
  const std::lock_guard guard{pool_lock_};
  pool_.push_back(transaction);
}

result<lmdb_read> lmdb_read::begin(lmdb_environment& environment) {
  const auto transaction = environment.begin_read();
  if (!transaction)
    return tl::unexpected(transaction.error());
  return lmdb_read{environment, *transaction};
}

lmdb_read::~lmdb_read() {
  if (transaction_ != nullptr)
    environment_->end_read(transaction_);
}

lmdb_read::lmdb_read(lmdb_read&& from) noexcept
    : environment_(from.environment_), transaction_(std::exchange(from.transaction_, nullptr)) {}

lmdb_cursor::lmdb_cursor(MDB_txn* transaction, MDB_dbi table, const lmdb_environment& environment)
    : environment_(environment) {
  if (const int code = mdb_cursor_open(transaction, table, &cursor_); code != 0)
    throw storage_failure{lmdb_error(code, "cannot open a cursor", environment.folder())};
}

lmdb_cursor::~lmdb_cursor() {
  if (cursor_ != nullptr)
    mdb_cursor_close(cursor_);
}

bool lmdb_cursor::move(MDB_val& key, MDB_val& value, MDB_cursor_op how) {
  const int code = mdb_cursor_get(cursor_, &key, &value, how);
  if (code == 0)
    return true;
  if (code == MDB_NOTFOUND)
    return false;
  throw storage_failure{lmdb_error(code, "cannot read", environment_.folder())};
}

} // namespace aiex::internal
