#pragma once

#include "aiex/persistence/storage/term_storage.hpp"

#include <memory>

namespace aiex {

/// A term record in memory that breaks when told to: for tests and for the simulator. Copies refer
/// to the same one. Thread: one.
class memory_term {
public:
  memory_term();

  /// The two functions. After a crash, take them again: those handed out before answer io.
  term_storage storage() const;

  /// The machine loses power.
  void crash();

  /// The next write fails, and with it every later one, until `crash`. The record is then the new
  /// one (`kept`) or the one before.
  void fail_next_write(bool kept);

  /// It can no longer be read, until it is written again.
  void damage();

  /// It is gone, and nothing shows that it was there.
  void lose();

private:
  struct device;
  std::shared_ptr<device> device_;
};

} // namespace aiex
