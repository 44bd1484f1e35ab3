#pragma once

#include "aiex/persistence/log/event.hpp"

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace aiex {

/// Events with the memory they stand in: what a read answers and what the bus hands to all
/// subscribers of a node. Filled once, then shared and never changed.
class event_batch {
public:
  event_batch() = default;
  event_batch(event_batch&&) = default;
  event_batch& operator=(event_batch&&) = default;

  /// Copies the event and all it points to.
  void add(const recorded_event& source);

  const std::vector<recorded_event>& events() const noexcept { return events_; }
  std::size_t size() const noexcept { return events_.size(); }
  bool empty() const noexcept { return events_.empty(); }
  std::size_t bytes() const noexcept { return bytes_; } ///< Held by all its events.

  auto begin() const noexcept { return events_.begin(); }
  auto end() const noexcept { return events_.end(); }
  const recorded_event& operator[](std::size_t i) const { return events_[i]; }

private:
  char* room_for(std::size_t count);

  std::vector<recorded_event> events_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t chunk_left_ = 0;
  char* chunk_at_ = nullptr;
  std::size_t bytes_ = 0;
};

using shared_events = std::shared_ptr<const event_batch>;

} // namespace aiex
