#pragma once

#include "aiex/supervision/tree/child_spec.hpp"

#include <chrono>
#include <deque>

namespace aiex {

/// Is this restart still within the limit, or is it time to give up? Counts in whole seconds, as
/// OTP does; a restart exactly `period` ago still counts. Knows no actor and reads no clock.
class restart_window {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit restart_window(restart_limit limit) : limit_(limit) {}

  /// Counts a restart at `now`, also one that will fail. False if it is one too many.
  [[nodiscard]] bool allow(time_point now);

  /// What it has counted still counts.
  void change(restart_limit limit) { limit_ = limit; }

private:
  restart_limit limit_;
  std::deque<std::chrono::seconds> recent_; // oldest first, at most intensity + 1
};

} // namespace aiex
