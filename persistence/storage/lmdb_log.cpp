// Tested by tests/persistence/storage/log_storage_test.cpp
#include "aiex/persistence/storage/lmdb_log.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/internal/lmdb.hpp"

#include <fmt/format.h>

#include <cstring>
#include <utility>
#include <vector>

namespace aiex {

namespace {

using namespace internal;

/// The open log. The write transaction lives from the first append to the sync, in one thread.
class device {
public:
  explicit device(std::shared_ptr<lmdb_environment> environment)
      : environment_(std::move(environment)), table_(environment_->table(0)) {}
  ~device() { abandon(); }
  device(const device&) = delete;
  device& operator=(const device&) = delete;

  result<void> append(std::span<const log_record> records) {
    if (environment_->failure())
      return tl::unexpected(*environment_->failure());
    std::size_t bytes = unsynced_bytes_;
    for (const log_record& each : records)
      bytes += each.bytes.size();
    if (bytes > limits::dirty_bytes_max)
      return fail(errc::batch_too_large,
        fmt::format("{} bytes are to be appended before a sync, up to {} are possible", bytes,
          limits::dirty_bytes_max));
    if (auto begun = begin(); !begun)
      return begun;
    for (const log_record& each : records) {
      invariant(each.index == last_ + 1, "a record that does not follow the last one is appended");
      std::uint64_t index = each.index;
      MDB_val key{sizeof index, &index};
      MDB_val value = to_val(each.bytes);
      if (int code = mdb_put(transaction_, table_, &key, &value, MDB_APPEND); code != 0)
        return give_up(code, "cannot append");
      last_ = each.index;
    }
    unsynced_bytes_ = bytes;
    return {};
  }

  result<void> sync() {
    if (environment_->failure())
      return tl::unexpected(*environment_->failure());
    if (transaction_ == nullptr)
      return {};
    MDB_txn* const done = std::exchange(transaction_, nullptr);
    unsynced_bytes_ = 0;
    if (int code = mdb_txn_commit(done); code != 0) {
      error why = lmdb_error(code, "cannot sync the log", environment_->folder());
      if (code == MDB_MAP_FULL) // found before anything was written
        return tl::unexpected(std::move(why));
      why.code = errc::io; // pages may be lost that a later commit would build upon
      environment_->set_failure(why);
      return tl::unexpected(std::move(why));
    }
    environment_->committed();
    return {};
  }

  result<void> read(std::uint64_t from, direction order, log_storage::visit each) const {
    auto transaction = lmdb_read::begin(*environment_);
    if (!transaction)
      return tl::unexpected(std::move(transaction.error()));
    try {
      scan(transaction->handle(), from, order, each);
    } catch (const storage_failure& failed) {
      return tl::unexpected(failed.why);
    }
    return {};
  }

  result<void> cut(std::uint64_t from) {
    abandon();
    if (environment_->failure())
      return tl::unexpected(*environment_->failure());
    if (auto begun = begin(); !begun)
      return begun;
    try {
      lmdb_cursor cursor{transaction_, table_, *environment_};
      std::uint64_t index = from;
      MDB_val key{sizeof index, &index};
      MDB_val value{};
      std::vector<std::uint64_t> dropped;
      for (bool found = cursor.move(key, value, MDB_SET_RANGE); found;
           found = cursor.move(key, value, MDB_NEXT))
        dropped.push_back(index_of(key));
      for (std::uint64_t each : dropped) {
        MDB_val at{sizeof each, &each};
        if (int code = mdb_del(transaction_, table_, &at, nullptr); code != 0)
          return give_up(code, "cannot cut");
      }
    } catch (const storage_failure& failed) {
      abandon();
      return tl::unexpected(failed.why);
    }
    return sync();
  }

  result<void> replace(const log_record& record) {
    if (environment_->failure())
      return tl::unexpected(*environment_->failure());
    invariant(transaction_ == nullptr, "a record is put back before what was appended is synced");
    if (auto begun = begin(); !begun)
      return begun;
    const bool is_there = record.index >= 1 && record.index <= last_;
    if (!is_there)
      abandon();
    invariant(is_there, "a record that is not in the log is put back");
    std::uint64_t index = record.index;
    MDB_val key{sizeof index, &index};
    MDB_val value = to_val(record.bytes);
    if (int code = mdb_put(transaction_, table_, &key, &value, 0); code != 0)
      return give_up(code, "cannot put back an entry");
    return sync();
  }

  std::uint64_t bytes_free() const { return environment_->bytes_free(); }

private:
  static std::uint64_t index_of(const MDB_val& key) {
    std::uint64_t index = 0;
    if (key.mv_size != sizeof index)
      throw storage_failure{{errc::corrupt, "a key of the log has a wrong length", 0}};
    std::memcpy(&index, key.mv_data, sizeof index);
    return index;
  }

  void scan(
    MDB_txn* transaction, std::uint64_t from, direction order, log_storage::visit each) const {
    lmdb_cursor cursor{transaction, table_, *environment_};
    std::uint64_t index = from;
    MDB_val key{sizeof index, &index};
    MDB_val value{};
    const bool ascending = order == direction::ascending;
    bool found = cursor.move(key, value, MDB_SET_RANGE);
    if (!ascending && !(found && index_of(key) == from))
      found = cursor.move(key, value, found ? MDB_PREV : MDB_LAST);
    while (found && each({index_of(key), to_view(value)}))
      found = cursor.move(key, value, ascending ? MDB_NEXT : MDB_PREV);
  }

  /// Opens the write transaction, if none is open, and learns the last index.
  result<void> begin() {
    if (transaction_ != nullptr)
      return {};
    if (int code = mdb_txn_begin(environment_->handle(), nullptr, 0, &transaction_); code != 0) {
      transaction_ = nullptr;
      return give_up(code, "cannot begin to write");
    }
    try {
      lmdb_cursor cursor{transaction_, table_, *environment_};
      MDB_val key{};
      MDB_val value{};
      last_ = cursor.move(key, value, MDB_LAST) ? index_of(key) : 0;
    } catch (const storage_failure& failed) {
      abandon();
      environment_->set_failure(failed.why);
      return tl::unexpected(failed.why);
    }
    return {};
  }

  void abandon() {
    if (transaction_ != nullptr)
      mdb_txn_abort(std::exchange(transaction_, nullptr));
    unsynced_bytes_ = 0;
  }

  tl::unexpected<error> give_up(int code, const char* what) {
    abandon();
    error why = lmdb_error(code, what, environment_->folder());
    if (why.code != errc::store_full)
      environment_->set_failure(why);
    return tl::unexpected(std::move(why));
  }

  std::shared_ptr<lmdb_environment> environment_;
  MDB_dbi table_;
  MDB_txn* transaction_ = nullptr;
  std::uint64_t last_ = 0;
  std::size_t unsynced_bytes_ = 0;
};

} // namespace

result<lmdb_log> open_lmdb_log(const lmdb_log_options& options) {
  auto environment = lmdb_environment::open({.folder = options.folder,
    .map_bytes = options.map_bytes,
    .tables = {"entries"},
    .integer_keys = true,
    .sync = true,
    .read_only = options.read_only,
    .may_be_cut = options.may_be_cut});
  if (!environment)
    return tl::unexpected(std::move(environment.error()));
  const auto opened = std::make_shared<device>(std::move(*environment));
  return lmdb_log{
    {[opened](std::span<const log_record> records) { return opened->append(records); },
      [opened] { return opened->sync(); },
      [opened](std::uint64_t from, direction order, log_storage::visit each) {
        return opened->read(from, order, each);
      },
      [opened](std::uint64_t from) { return opened->cut(from); },
      [opened](const log_record& record) { return opened->replace(record); }},
    [opened] { return opened->bytes_free(); }};
}

} // namespace aiex
