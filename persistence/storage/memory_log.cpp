// Tested by tests/persistence/storage/log_storage_test.cpp
#include "aiex/persistence/storage/memory_log.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace aiex {

struct memory_log::device {
  std::vector<std::string> synced; // record i + 1
  std::vector<std::string> unsynced;
  std::uint64_t bytes = 0;
  std::uint64_t bytes_max = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t life = 0; // counts crashes
  std::optional<bool> failing_sync_keeps;
  bool failing_replace = false;
  std::optional<error> failure;

  result<void> append(std::span<const log_record> records) {
    if (failure)
      return tl::unexpected(*failure);
    std::uint64_t more = 0;
    for (const log_record& each : records)
      more += each.bytes.size();
    if (more > bytes_max - bytes)
      return fail(errc::store_full, "the log in memory has reached its limit");
    for (const log_record& each : records) {
      invariant(each.index == synced.size() + unsynced.size() + 1,
        "a record that does not follow the last one is appended");
      unsynced.emplace_back(each.bytes);
    }
    bytes += more;
    return {};
  }

  result<void> sync() {
    if (failure)
      return tl::unexpected(*failure);
    if (!failing_sync_keeps || *failing_sync_keeps)
      std::move(unsynced.begin(), unsynced.end(), std::back_inserter(synced));
    unsynced.clear();
    if (!std::exchange(failing_sync_keeps, std::nullopt))
      return {};
    failure = error{errc::io, "the sync of the log in memory was made to fail", 0};
    return tl::unexpected(*failure);
  }

  result<void> read(std::uint64_t from, direction order, log_storage::visit each) const {
    const std::uint64_t last = synced.size();
    if (order == direction::ascending) {
      for (std::uint64_t index = std::max<std::uint64_t>(from, 1); index <= last; ++index)
        if (!each({index, synced[index - 1]}))
          return {};
    } else {
      for (std::uint64_t index = std::min(from, last); index >= 1; --index)
        if (!each({index, synced[index - 1]}))
          return {};
    }
    return {};
  }

  result<void> cut(std::uint64_t from) {
    if (failure)
      return tl::unexpected(*failure);
    unsynced.clear();
    if (from <= synced.size())
      synced.resize(std::max<std::uint64_t>(from, 1) - 1);
    count_bytes();
    return {};
  }

  result<void> replace(const log_record& record) {
    if (failure)
      return tl::unexpected(*failure);
    invariant(unsynced.empty() && record.index >= 1 && record.index <= synced.size(),
      "a record that is not in the log is put back");
    if (std::exchange(failing_replace, false)) {
      failure = error{errc::io, "the repair of the log in memory was made to fail", 0};
      return tl::unexpected(*failure);
    }
    synced[record.index - 1] = record.bytes;
    count_bytes();
    return {};
  }

  void count_bytes() {
    bytes = 0;
    for (const std::string& each : synced)
      bytes += each.size();
  }
};

memory_log::memory_log() : device_(std::make_shared<device>()) {}

log_storage memory_log::storage() const {
  const auto at = device_;
  const std::uint64_t life = at->life;
  const auto alive = [at, life]() -> result<void> {
    if (at->life != life)
      return fail(errc::io, "this log was lost in a crash");
    return {};
  };
  return {[at, alive](std::span<const log_record> records) {
            return alive().and_then([&] { return at->append(records); });
          },
    [at, alive] { return alive().and_then([&] { return at->sync(); }); },
    [at, alive](std::uint64_t from, direction order, log_storage::visit each) {
      return alive().and_then([&] { return at->read(from, order, each); });
    },
    [at, alive](std::uint64_t from) { return alive().and_then([&] { return at->cut(from); }); },
    [at, alive](
      const log_record& record) { return alive().and_then([&] { return at->replace(record); }); }};
}

void memory_log::crash() {
  device_->unsynced.clear();
  device_->failure.reset();
  device_->failing_sync_keeps.reset();
  device_->failing_replace = false;
  device_->count_bytes();
  ++device_->life;
}

void memory_log::fail_next_sync(bool kept) {
  device_->failing_sync_keeps = kept;
}

void memory_log::fail_next_replace() {
  device_->failing_replace = true;
}

void memory_log::set_bytes_max(std::uint64_t bytes) {
  device_->bytes_max = bytes;
}

std::uint64_t memory_log::bytes_free() const {
  return device_->bytes_max - device_->bytes;
}

void memory_log::flip_bit(std::uint64_t index, std::uint64_t bit) {
  char& byte = device_->synced.at(index - 1).at(bit / 8);
  byte = static_cast<char>(byte ^ (1 << (bit % 8)));
}

} // namespace aiex
