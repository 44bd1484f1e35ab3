#include "aiex/actors/flow/group_gathering.hpp"

#include <algorithm>

namespace aiex {

void group_gathering::committed(std::size_t appends, time_point began, time_point ended) {
  answered_ = 0;
  expected_ = 0;
  if (pause_ > 0) {
    --pause_;
    return;
  }
  answered_ = appends;
  until_ = ended + std::min<time_point::duration>((ended - began) / share_of_commit, wait_max);
}

bool group_gathering::waits(std::size_t waiting, time_point now) {
  if (answered_ == 0)
    return false;
  if (expected_ == 0)
    expect(waiting);
  if (answered_ > 0 && waiting < expected_ && now < until_)
    return true;
  if (answered_ > 0)
    end(2 * (waiting - std::min(waiting, began_with_)) >= answered_);
  return false;
}

/// Nearly all: one that is late, or came back before it was counted, is not waited for.
void group_gathering::expect(std::size_t waiting) {
  const std::size_t there = answered_ + waiting;
  began_with_ = waiting;
  expected_ = there - there / 8;
  if (there < worth_from)
    answered_ = 0;
}

void group_gathering::end(bool was_worth_it) {
  answered_ = 0;
  if (was_worth_it) {
    next_pause_ = 1;
    return;
  }
  pause_ = next_pause_;
  next_pause_ = std::min(2 * next_pause_, pause_after_miss_max);
}

} // namespace aiex
