// Tested by tests/persistence/storage/term_storage_test.cpp
#include "aiex/persistence/storage/memory_term.hpp"

#include <cstdint>
#include <utility>

namespace aiex {

struct memory_term::device {
  std::optional<consensus::term_record> record;
  bool is_damaged = false;
  std::optional<bool> failing_write_keeps;
  std::optional<error> failure;
  std::uint64_t life = 0; // counts crashes

  result<std::optional<consensus::term_record>> read() const {
    if (is_damaged)
      return fail(errc::corrupt, "the term record in memory was damaged");
    return record;
  }

  result<void> write(const consensus::term_record& next) {
    if (failure)
      return tl::unexpected(*failure);
    const auto failing = std::exchange(failing_write_keeps, std::nullopt);
    if (failing)
      failure = error{errc::io, "the write of the term record in memory was made to fail", 0};
    if (!failing || *failing) {
      record = next;
      is_damaged = false;
    }
    return failure ? result<void>{tl::unexpected(*failure)} : result<void>{};
  }
};

memory_term::memory_term() : device_(std::make_shared<device>()) {}

term_storage memory_term::storage() const {
  const auto at = device_;
  const std::uint64_t life = at->life;
  const auto alive = [at, life]() -> result<void> {
    if (at->life != life)
      return fail(errc::io, "this term record was lost in a crash");
    return {};
  };
  return {[at, alive] { return alive().and_then([&] { return at->read(); }); },
    [at, alive](const consensus::term_record& next) {
      return alive().and_then([&] { return at->write(next); });
    }};
}

void memory_term::crash() {
  device_->failure.reset();
  device_->failing_write_keeps.reset();
  ++device_->life;
}

void memory_term::fail_next_write(bool kept) {
  device_->failing_write_keeps = kept;
}

void memory_term::damage() {
  device_->is_damaged = true;
}

void memory_term::lose() {
  device_->record.reset();
  device_->is_damaged = false;
}

} // namespace aiex
