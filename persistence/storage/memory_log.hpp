#pragma once

#include "aiex/persistence/storage/log_storage.hpp"

#include <cstdint>
#include <memory>

namespace aiex {

/// A log in memory that breaks when told to: for tests and for the simulator. Copies refer to the
/// same log. Thread: one.
class memory_log {
public:
  memory_log();

  /// The five functions. After a crash, take them again: those handed out before answer io.
  log_storage storage() const;

  /// The machine loses power: what was not synced is gone.
  void crash();

  /// The next `sync` fails, and with it everything after it, until `crash`. What was appended is
  /// either there then (`kept`) or not: after a failed sync nobody knows.
  void fail_next_sync(bool kept);

  /// Appends that need more than this in all answer store_full.
  void set_bytes_max(std::uint64_t bytes);
  std::uint64_t bytes_free() const;

  /// The next `replace` fails, and with it everything after it, until `crash`.
  void fail_next_replace();

  /// Damages a synced record. Precondition: it is there and has such a bit.
  void flip_bit(std::uint64_t index, std::uint64_t bit);

private:
  struct device;
  std::shared_ptr<device> device_;
};

} // namespace aiex
