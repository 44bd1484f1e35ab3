#include "support/raw_lmdb_log.hpp"

#include <fmt/format.h>
#include <lmdb.h>

#include <stdexcept>

namespace aiex::bench {

namespace {

constexpr std::size_t map_bytes = std::size_t{64} << 30;

void check(int code, const char* what) {
  if (code != 0)
    throw std::runtime_error{fmt::format("{}: {}", what, mdb_strerror(code))};
}

} // namespace

raw_lmdb_log::raw_lmdb_log(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  check(mdb_env_create(&environment_), "mdb_env_create");
  check(mdb_env_set_mapsize(environment_, map_bytes), "mdb_env_set_mapsize");
  check(mdb_env_set_maxdbs(environment_, 1), "mdb_env_set_maxdbs");
  check(mdb_env_open(environment_, folder.c_str(), MDB_NOTLS, 0600), "mdb_env_open");
  MDB_txn* transaction = nullptr;
  check(mdb_txn_begin(environment_, nullptr, 0, &transaction), "mdb_txn_begin");
  check(mdb_dbi_open(transaction, "log", MDB_CREATE | MDB_INTEGERKEY, &table_), "mdb_dbi_open");
  check(mdb_txn_commit(transaction), "mdb_txn_commit");
}

raw_lmdb_log::~raw_lmdb_log() {
  mdb_env_close(environment_);
}

void raw_lmdb_log::append(std::string_view record) {
  MDB_txn* transaction = nullptr;
  check(mdb_txn_begin(environment_, nullptr, 0, &transaction), "mdb_txn_begin");
  put(transaction, record);
  check(mdb_txn_commit(transaction), "mdb_txn_commit");
}

void raw_lmdb_log::append_all(const std::vector<std::string>& records) {
  MDB_txn* transaction = nullptr;
  check(mdb_txn_begin(environment_, nullptr, 0, &transaction), "mdb_txn_begin");
  for (const std::string& each : records)
    put(transaction, each);
  check(mdb_txn_commit(transaction), "mdb_txn_commit");
}

void raw_lmdb_log::put(MDB_txn* transaction, std::string_view record) {
  std::uint64_t index = ++last_;
  MDB_val key{sizeof index, &index};
  MDB_val value{record.size(), const_cast<char*>(record.data())};
  check(mdb_put(transaction, table_, &key, &value, MDB_APPEND), "mdb_put");
}

std::size_t raw_lmdb_log::read_all() const {
  MDB_txn* transaction = nullptr;
  check(mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction), "mdb_txn_begin");
  MDB_cursor* cursor = nullptr;
  check(mdb_cursor_open(transaction, table_, &cursor), "mdb_cursor_open");
  std::size_t bytes = 0;
  std::string copy;
  MDB_val key{};
  MDB_val value{};
  while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
    copy.assign(static_cast<const char*>(value.mv_data), value.mv_size);
    bytes += copy.size();
  }
  mdb_cursor_close(cursor);
  mdb_txn_abort(transaction);
  return bytes;
}

std::size_t raw_lmdb_log::read(const std::vector<std::uint64_t>& indexes) const {
  MDB_txn* transaction = nullptr;
  check(mdb_txn_begin(environment_, nullptr, MDB_RDONLY, &transaction), "mdb_txn_begin");
  std::size_t bytes = 0;
  std::string copy;
  for (std::uint64_t index : indexes) {
    MDB_val key{sizeof index, &index};
    MDB_val value{};
    check(mdb_get(transaction, table_, &key, &value), "mdb_get");
    copy.assign(static_cast<const char*>(value.mv_data), value.mv_size);
    bytes += copy.size();
  }
  mdb_txn_abort(transaction);
  return bytes;
}

} // namespace aiex::bench
