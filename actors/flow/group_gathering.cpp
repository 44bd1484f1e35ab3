#include "aiex/actors/flow/group_gathering.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

void group_gathering::committed(std::size_t appends, duration took) {
  took_ = took;
  answered_ = pause_ == 0 ? appends : 0;
  pause_ -= std::min<std::uint32_t>(pause_, 1);
}

std::optional<group_gathering::duration> group_gathering::begin(std::size_t waiting) {
  const std::size_t there = answered_ + waiting;
  const std::size_t nearly_all = there - there / 8; // some are late, or were counted twice
  const duration wait = std::min<duration>(took_ / share_of_commit, wait_max);
  if (answered_ == 0 || there < worth_from || waiting >= nearly_all || wait <= duration{})
    return std::nullopt;
  began_with_ = waiting;
  expected_ = nearly_all;
  return wait;
}

void group_gathering::end(std::size_t waiting) {
  expected_ = 0;
  const std::size_t came = waiting - std::min(waiting, began_with_);
  if (2 * came >= std::exchange(answered_, 0)) { // it was worth it
    next_pause_ = 1;
    return;
  }
  pause_ = next_pause_;
  next_pause_ = std::min(2 * next_pause_, pause_after_miss_max);
}

} // namespace aiex
