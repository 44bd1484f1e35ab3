// Named tables of ordered keys, read in snapshots and written in transactions: what state and
// models stand on. Like the log, the same over LMDB and over memory that loses what was not synced.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/function_ref.hpp"
#include "aiex/persistence/storage/direction.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace aiex {

/// Which of the tables that were named at opening: 0, 1, 2, …
enum class table_id : std::uint8_t {};

/// One snapshot. Keys compare as bytes, 1 to 511 of them. Views are valid until the snapshot ends
/// or, in a transaction, until its next put or erase.
class table_reader {
public:
  /// Answers whether to go on.
  using visit = function_ref<bool(std::string_view key, std::string_view value)>;

  /// What an implementation provides. It reports a failure of the medium by throwing
  /// `storage_failure`; the enclosing `ordered_tables` call turns that into its error.
  struct functions {
    std::optional<std::string_view> (*get)(void* self, table_id, std::string_view key);
    void (*scan)(void* self, table_id, std::string_view from, direction, visit);
    std::uint64_t (*count)(void* self, table_id);
  };

  table_reader(void* self, const functions& how) : self_(self), how_(&how) {}

  std::optional<std::string_view> get(table_id table, std::string_view key) const {
    return how_->get(self_, table, key);
  }

  /// Visits from `from` on, or, descending, from the last key not after `from`. An empty `from` is
  /// the first key; descending from the last one there is, pass `after_all`.
  void scan(table_id table, std::string_view from, direction order, visit each) const {
    how_->scan(self_, table, from, order, each);
  }
  /// How many keys there are. Costs nothing on disk.
  std::uint64_t count(table_id table) const { return how_->count(self_, table); }
  static std::string_view after_all() noexcept; ///< Behind every key.

protected:
  void* self_;

private:
  const functions* how_;
};

enum class put_hint : std::uint8_t { anywhere, at_end }; ///< at_end: greater than all keys so far.

/// One transaction: sees its own writes.
class table_writer : public table_reader {
public:
  struct functions {
    table_reader::functions read;
    void (*put)(void* self, table_id, std::string_view key, std::string_view value, put_hint);
    bool (*insert)(void* self, table_id, std::string_view key, std::string_view value);
    bool (*erase)(void* self, table_id, std::string_view key);
  };

  table_writer(void* self, const functions& how) : table_reader(self, how.read), how_(&how) {}

  void put(table_id table, std::string_view key, std::string_view value,
    put_hint hint = put_hint::anywhere) {
    how_->put(self_, table, key, value, hint);
  }
  /// Puts it unless there is such a key already. Whether it was put.
  bool insert(table_id table, std::string_view key, std::string_view value) {
    return how_->insert(self_, table, key, value);
  }
  /// Whether there was such a key.
  bool erase(table_id table, std::string_view key) { return how_->erase(self_, table, key); }

private:
  const functions* how_;
};

/// `unsynced`: seen by readers at once, survives a killed process, not a power loss.
enum class durability : std::uint8_t { synced, unsynced };

/// A value that refers to open tables; copies refer to the same ones, the last one closes them.
///
///   thread   write and sync: one at a time, from the writer's thread; read: any thread
///   errors   io, corrupt, store_full; of a failed write nothing is kept
struct ordered_tables {
  /// Runs the function on a snapshot. Readers never wait for the writer nor block it, but a
  /// snapshot held for long makes the file grow: long reads go in steps.
  std::function<result<void>(function_ref<void(const table_reader&)>)> read;

  /// Runs the function in a transaction and commits it, unless it answers an error or throws. The
  /// function may have another thread use the writer, one at a time, as long as it waits for it.
  std::function<result<void>(durability, function_ref<result<void>(table_writer&)>)> write;

  /// Makes durable what was written so far.
  std::function<result<void>()> sync;

  /// Of the map or the disk, whichever has less. Any thread.
  std::function<std::uint64_t()> bytes_free;
};

/// The medium failed inside a snapshot or a transaction.
struct storage_failure {
  error why;
};

} // namespace aiex
