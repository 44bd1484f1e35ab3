#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

struct MDB_env;

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

  /// Reads every record; answers the sum of a byte of each.
  std::uint64_t read_all() const;

private:
  MDB_env* environment_ = nullptr;
  unsigned table_ = 0;
  std::uint64_t last_ = 0;
};

} // namespace aiex::bench
