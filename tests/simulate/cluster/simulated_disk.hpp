#pragma once

#include "aiex/persistence/storage/memory_log.hpp"
#include "aiex/persistence/storage/memory_tables.hpp"
#include "aiex/persistence/store/store_media.hpp"

#include "simulate/cluster/virtual_time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

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

  /// What a store stands on, until the next crash.
  store_media media();

  void put(const consensus::term_record& newest) {
    must_have_record = true;
    record = newest;
  }

  /// Power goes in the middle of one of the next operations, the so-manyth from 0 on: some of it is
  /// done, as `part` has it. Nothing is done after it.
  void tear(std::uint64_t operation, std::uint64_t part);

  /// Power is lost.
  void crash();

  std::uint64_t last_index() const;
  /// As it was written, whatever became of it since; nothing beyond the end.
  std::optional<std::string> written(std::uint64_t index) const;
  /// What reading it gives.
  std::optional<std::string> readable(std::uint64_t index) const;

  /// A bit of a synced entry turns. Precondition: it is there.
  void rot(std::uint64_t index, std::uint64_t bit);
  const std::map<std::uint64_t, std::set<std::uint64_t>>& rotten() const { return rotten_; }

  void forget_rot() { rotten_.clear(); }

  /// Synced records are gone, though nobody cut them. Precondition: the log is not in use.
  void lose_from(std::uint64_t from) { (void)cut(from); }

private:
  enum class fate : std::uint8_t { done, torn, lost };

  fate next_operation();
  result<void> append(std::span<const log_record> records);
  result<void> sync();
  result<void> cut(std::uint64_t from);
  result<void> replace(const log_record& record);
  result<void> write(const consensus::term_record& newest);
  result<void> carry_out(const std::function<result<void>()>& what);

  std::map<std::uint64_t, std::set<std::uint64_t>> rotten_; // entry, bits
  std::vector<std::string> unsynced_;
  std::optional<std::uint64_t> torn_after_; // operations
  std::uint64_t torn_part_ = 0;
  bool is_off_ = false;
};

} // namespace aiex::test
