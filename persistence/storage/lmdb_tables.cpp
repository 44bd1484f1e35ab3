// Tested by tests/persistence/storage/ordered_tables_test.cpp
#include "aiex/persistence/storage/lmdb_tables.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/internal/lmdb.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiex {

namespace {

using namespace internal;

/// What the functions of a reader or writer work on.
struct access {
  MDB_txn* transaction;
  const lmdb_environment& environment;
};

[[noreturn]] void give_up(int code, const char* what, const access& in) {
  throw storage_failure{lmdb_error(code, what, in.environment.folder())};
}

MDB_dbi table_of(const access& in, table_id table) {
  return in.environment.table(static_cast<std::size_t>(table));
}

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= limits::key_bytes_max;
}

std::optional<std::string_view> get(void* self, table_id table, std::string_view key) {
  const access& in = *static_cast<access*>(self);
  if (!is_key(key))
    return std::nullopt;
  MDB_val at = to_val(key);
  MDB_val value{};
  const int code = mdb_get(in.transaction, table_of(in, table), &at, &value);
  if (code == MDB_NOTFOUND)
    return std::nullopt;
  if (code != 0)
    give_up(code, "cannot read", in);
  return to_view(value);
}

/// Places the cursor on the first key to visit. Whether there is one.
bool seek(
  lmdb_cursor& cursor, MDB_val& key, MDB_val& value, std::string_view from, direction order) {
  if (order == direction::ascending && from.empty())
    return cursor.move(key, value, MDB_FIRST);
  if (from.size() > limits::key_bytes_max) // `after_all`, or behind every key
    return order == direction::descending && cursor.move(key, value, MDB_LAST);
  if (from.empty())
    return false;
  key = to_val(from);
  const bool found = cursor.move(key, value, MDB_SET_RANGE);
  if (order == direction::ascending || (found && to_view(key) == from))
    return found;
  return cursor.move(key, value, found ? MDB_PREV : MDB_LAST);
}

void scan(
  void* self, table_id table, std::string_view from, direction order, table_reader::visit each) {
  const access& in = *static_cast<access*>(self);
  lmdb_cursor cursor{in.transaction, table_of(in, table), in.environment};
  MDB_val key{};
  MDB_val value{};
  const MDB_cursor_op next = order == direction::ascending ? MDB_NEXT : MDB_PREV;
  bool found = seek(cursor, key, value, from, order);
  while (found && each(to_view(key), to_view(value)))
    found = cursor.move(key, value, next);
}

std::uint64_t count(void* self, table_id table) {
  const access& in = *static_cast<access*>(self);
  MDB_stat counted{};
  if (const int code = mdb_stat(in.transaction, table_of(in, table), &counted); code != 0)
    give_up(code, "cannot count", in);
  return counted.ms_entries;
}

void put(void* self, table_id table, std::string_view key, std::string_view value, put_hint hint) {
  const access& in = *static_cast<access*>(self);
  invariant(is_key(key), "a key has 1 to 511 bytes");
  MDB_val at = to_val(key);
  MDB_val bytes = to_val(value);
  const unsigned flags = hint == put_hint::at_end ? MDB_APPEND : 0U;
  int code = mdb_put(in.transaction, table_of(in, table), &at, &bytes, flags);
  if (code == MDB_KEYEXIST && hint == put_hint::at_end) // it was not at the end after all
    code = mdb_put(in.transaction, table_of(in, table), &at, &bytes, 0);
  if (code != 0)
    give_up(code, "cannot write", in);
}

bool insert(void* self, table_id table, std::string_view key, std::string_view value) {
  const access& in = *static_cast<access*>(self);
  invariant(is_key(key), "a key has 1 to 511 bytes");
  MDB_val at = to_val(key);
  MDB_val bytes = to_val(value);
  const int code = mdb_put(in.transaction, table_of(in, table), &at, &bytes, MDB_NOOVERWRITE);
  if (code != 0 && code != MDB_KEYEXIST)
    give_up(code, "cannot write", in);
  return code == 0;
}

bool erase(void* self, table_id table, std::string_view key) {
  const access& in = *static_cast<access*>(self);
  if (!is_key(key))
    return false;
  MDB_val at = to_val(key);
  const int code = mdb_del(in.transaction, table_of(in, table), &at, nullptr);
  if (code != 0 && code != MDB_NOTFOUND)
    give_up(code, "cannot erase", in);
  return code == 0;
}

constexpr table_writer::functions functions{{get, scan, count}, put, insert, erase};

class device {
public:
  device(std::shared_ptr<lmdb_environment> environment, bool always_sync)
      : environment_(std::move(environment)), always_sync_(always_sync) {}

  result<void> read(function_ref<void(const table_reader&)> each) const {
    auto transaction = lmdb_read::begin(*environment_);
    if (!transaction)
      return tl::unexpected(std::move(transaction.error()));
    access in{transaction->handle(), *environment_};
    try {
      each(table_reader{&in, functions.read});
    } catch (const storage_failure& failed) {
      return tl::unexpected(failed.why);
    }
    return {};
  }

  result<void> write(durability how, function_ref<result<void>(table_writer&)> each) const {
    if (environment_->failure())
      return tl::unexpected(*environment_->failure());
    MDB_txn* begun = nullptr; // its lock is this thread's, which ends it; puts know no thread
    if (int code = mdb_txn_begin(environment_->handle(), nullptr, 0, &begun); code != 0)
      return failed(lmdb_error(code, "cannot begin to write", environment_->folder()));
    std::unique_ptr<MDB_txn, decltype(&mdb_txn_abort)> transaction{begun, mdb_txn_abort};
    access in{begun, *environment_};
    table_writer writer{&in, functions};
    try {
      if (auto written = each(writer); !written)
        return written;
    } catch (const storage_failure& broken) {
      return failed(broken.why);
    }
    if (int code = mdb_txn_commit(transaction.release()); code != 0)
      return failed(lmdb_error(code, "cannot commit", environment_->folder()));
    environment_->committed();
    return how == durability::synced && !always_sync_ ? environment_->sync() : result<void>{};
  }

  result<void> sync() const { return environment_->sync(); }
  std::uint64_t bytes_free() const { return environment_->bytes_free(); }

private:
  /// A full map was found before anything was written; after any other failure nothing may be
  /// written any more.
  result<void> failed(error why) const {
    if (why.code != errc::store_full)
      environment_->set_failure(why);
    return tl::unexpected(std::move(why));
  }

  std::shared_ptr<lmdb_environment> environment_;
  bool always_sync_;
};

} // namespace

result<ordered_tables> open_lmdb_tables(const lmdb_tables_options& options) {
  auto environment = lmdb_environment::open({.folder = options.folder,
    .map_bytes = options.map_bytes,
    .tables = {options.names.begin(), options.names.end()},
    .integer_keys = false,
    .sync = options.always_sync,
    .read_only = options.read_only,
    .may_be_cut = options.may_be_cut});
  if (!environment)
    return tl::unexpected(std::move(environment.error()));
  const auto opened = std::make_shared<const device>(std::move(*environment), options.always_sync);
  return ordered_tables{
    [opened](function_ref<void(const table_reader&)> each) { return opened->read(each); },
    [opened](durability how, function_ref<result<void>(table_writer&)> each) {
      return opened->write(how, each);
    },
    [opened] { return opened->sync(); }, [opened] { return opened->bytes_free(); }};
}

} // namespace aiex
