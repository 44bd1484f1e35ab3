#pragma once

#include "aiex/persistence/storage/ordered_tables.hpp"

#include <cstdint>
#include <memory>

namespace aiex {

/// Tables in memory that break when told to: for tests and for the simulator. Snapshots are
/// isolated: each key keeps the versions that an open snapshot or a crash may still ask for. Copies
/// refer to the same tables. Thread: one.
class memory_tables {
public:
  memory_tables();

  /// The functions. After a crash, take them again: those handed out before answer io.
  ordered_tables storage() const;

  /// The machine loses power: what was not synced is gone.
  void crash();

  /// The next write fails, and with it every later one, until `crash`.
  void fail_next_write();

  /// The next write that would be committed is not, for want of room: store_full.
  void refuse_next_commit();

  /// What `bytes_free` says.
  void set_bytes_free(std::uint64_t bytes);

private:
  struct device;
  std::shared_ptr<device> device_;
};

} // namespace aiex
