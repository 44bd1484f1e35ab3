#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

struct MDB_env;
struct MDB_txn;

namespace aiex::bench {

/// The peer of a commit: LMDB with nothing around it, one table, records put at its end. Ends the
/// program when LMDB refuses.
class raw_lmdb_log {
public:
  explicit raw_lmdb_log(const std::filesystem::path& folder);
  ~raw_lmdb_log();
  raw_lmdb_log(const raw_lmdb_log&) = delete;
  raw_lmdb_log& operator=(const raw_lmdb_log&) = delete;

  /// One record in a transaction of its own, synced as LMDB syncs.
  void append(std::string_view record);

  /// Many records in one transaction.
  void append_all(const std::vector<std::string>& records);

  /// Copies records out: all, or those with these indexes (the first is 1). Answers their bytes.
  std::size_t read_all() const;
  std::size_t read(const std::vector<std::uint64_t>& indexes) const;

private:
  void put(MDB_txn* transaction, std::string_view record);

  MDB_env* environment_ = nullptr;
  unsigned table_ = 0;
  std::uint64_t last_ = 0;
};

} // namespace aiex::bench
