#pragma once

#include "aiex/persistence/consensus/jobs.hpp"
#include "aiex/persistence/storage/memory_log.hpp"
#include "aiex/persistence/storage/memory_tables.hpp"

#include "simulate/cluster/virtual_time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace aiex::test {

/// How a disk behaves.
struct disk_quality {
  virtual_us sync_min = 200;
  virtual_us sync_max = 2 * millisecond;
  bool is_full = false;
};

/// What a machine has on its disk: log, state, read models, term record. A crash loses exactly what
/// was not synced; the record is a file that is replaced as a whole.
class simulated_disk {
public:
  disk_quality quality{};
  memory_log log;
  memory_tables state;
  memory_tables models;
  std::optional<consensus::term_record> record{};
  bool must_have_record = false; ///< A mark that is never taken back, in a file of its own.
  bool fails_next_sync = false;  ///< The node ends by it; `keeps_failed` says what is there then.
  bool keeps_failed = false;

  void put(const consensus::term_record& newest) {
    must_have_record = true;
    record = newest;
  }

  /// Power is lost.
  void crash();

  std::uint64_t last_index() const;
  /// As it was written, whatever became of it since; nothing beyond the end.
  std::optional<std::string> written(std::uint64_t index) const;
  /// What reading it gives.
  std::optional<std::string> readable(std::uint64_t index) const;

  /// A bit of a synced entry turns. Precondition: it is there.
  void rot(std::uint64_t index, std::uint64_t bit);
  bool is_rotten(std::uint64_t index) const { return rotten_.contains(index); }
  const std::map<std::uint64_t, std::set<std::uint64_t>>& rotten() const { return rotten_; }

  void forget_rot() { rotten_.clear(); }

  /// The log ends before `from`, durably.
  result<void> cut(std::uint64_t from);
  /// Synced records are gone, though nobody cut them. Precondition: the log is not in use.
  void lose_from(std::uint64_t from);
  /// A damaged record is written anew.
  void put_in_place(std::uint64_t index, std::string_view bytes);

private:
  std::map<std::uint64_t, std::set<std::uint64_t>> rotten_; // entry, bits
};

} // namespace aiex::test
