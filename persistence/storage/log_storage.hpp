// Where the log lies, as five functions. What stands above it (decision, state, consensus) runs the
// same over LMDB and over memory that loses what was not synced; another storage needs these five.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/function_ref.hpp"
#include "aiex/persistence/storage/direction.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace aiex {

/// One entry of the log as bytes; their format is not the storage's business.
struct log_record {
  std::uint64_t index = 0;
  std::string_view bytes;
};

/// A value that refers to an open log; copies refer to the same one, the last one closes it.
///
///   thread   append, sync, cut and replace: one at a time, from an append to its sync in one
///   thread; read:
///            any thread
///   errors   io: nothing later succeeds on this log, the process ends and the next start verifies;
///            corrupt: the file is not what it was; store_full: nothing was appended
struct log_storage {
  /// Answers whether to go on. The bytes are valid during the call only.
  using visit = function_ref<bool(const log_record&)>;

  /// Puts records behind the last one, all or none. Their indexes ascend by one, from 1 or from the
  /// last one's successor (else broken_invariant). Neither durable nor readable before `sync`.
  std::function<result<void>(std::span<const log_record>)> append;

  /// Makes durable and readable what was appended.
  std::function<result<void>()> sync;

  /// Visits synced records from `from` on, or, descending, from the last one not after `from`.
  /// One snapshot, held during the call: long reads go in steps.
  std::function<result<void>(std::uint64_t from, direction, visit)> read;

  /// Drops `from` and all behind it, durably, and what was appended and not synced. Beyond the end:
  /// only the latter.
  std::function<result<void>(std::uint64_t from)> cut;

  /// Puts back a synced record that can no longer be read, durably. Only with what stood there: the
  /// log never changes. Precondition: nothing was appended since the last sync.
  std::function<result<void>(const log_record&)> replace;
};

} // namespace aiex
