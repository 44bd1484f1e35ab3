#pragma once

#include "aiex/actors/flow/projection_messages.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// Those who wait until a projection has counted up to a position.
class projection_waiters {
public:
  using time = std::chrono::steady_clock::time_point;
  using answer_function = std::function<void(result<void>)>; ///< Called once.

  explicit projection_waiters(std::string projection) : projection_(std::move(projection)) {}

  bool empty() const noexcept { return waiting_.empty(); }

  /// Answers at once if it cannot wait: beyond `head`, or too many do.
  /// `is_patient`: it waits even while the projection stands still.
  void add(position until, position head, time give_up, bool is_patient, answer_function answer);

  /// Answers those who need wait no longer: up to `reached` all has counted and is saved.
  void answer(std::optional<position> reached, bool stands_still, time now);

  /// When the first of them gives up.
  std::optional<time> due() const;

private:
  struct waiter {
    position until;
    time give_up;
    bool is_patient = true;
    answer_function answer;
  };

  std::string projection_;
  std::vector<waiter> waiting_;
};

} // namespace aiex
