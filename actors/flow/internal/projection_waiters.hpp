#pragma once

#include "aiex/actors/flow/projection_messages.hpp"

#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// Those who wait until a projection has counted up to a position.
class projection_waiters {
public:
  using time = std::chrono::steady_clock::time_point;
  using promise = caf::typed_response_promise<projection_wait_answer>;

  explicit projection_waiters(std::string projection) : projection_(std::move(projection)) {}

  bool empty() const noexcept { return waiting_.empty(); }

  /// Answers at once if it cannot wait: beyond `head`, or too many do.
  void add(position until, position head, time give_up, promise to);

  /// Answers those who need wait no longer: up to `reached` all has counted and is saved.
  void answer(std::optional<position> reached, time now);

  /// When the first of them gives up.
  std::optional<time> due() const;

private:
  struct waiter {
    position until;
    time give_up;
    promise to;
  };

  std::string projection_;
  std::vector<waiter> waiting_; // who came first gives up first
};

} // namespace aiex
