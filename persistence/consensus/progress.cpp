#include "aiex/persistence/consensus/progress.hpp"

#include <algorithm>

namespace aiex::consensus {

void sending_window::add(std::uint64_t last_index, std::size_t bytes) {
  sent_.push_back({last_index, bytes});
  bytes_ += bytes;
}

void sending_window::free_up_to(std::uint64_t index) {
  while (!sent_.empty() && sent_.front().last_index <= index) {
    bytes_ -= sent_.front().bytes;
    sent_.pop_front();
  }
}

void sending_window::reset() {
  sent_.clear();
  bytes_ = 0;
}

bool progress::acknowledge(std::uint64_t matched) {
  const bool is_new = matched > match || (matched == match && mode == progress_mode::probe);
  if (!is_new)
    return false;
  match = matched;
  next = std::max(next, match + 1);
  acknowledged = std::max(acknowledged, match);
  if (mode == progress_mode::probe) {
    mode = progress_mode::replicate;
    next = match + 1;
    window.reset();
  }
  is_paused = false;
  window.free_up_to(match);
  return true;
}

bool progress::refuse(std::uint64_t asked, std::uint64_t hint) {
  if (asked <= match || (mode == progress_mode::probe && asked != next - 1))
    return false;
  next = std::max(match + 1, std::min(asked, hint + 1));
  mode = progress_mode::probe;
  window.reset();
  commit_sent = std::min(commit_sent, next - 1);
  is_paused = false;
  return true;
}

void progress::probe_again() {
  mode = progress_mode::probe;
  next = match + 1;
  window.reset();
  commit_sent = std::min(commit_sent, match);
  is_paused = false;
}

void progress::restart(std::uint64_t its_run, std::uint64_t last) {
  const progress before = *this;
  *this = {};
  next = last + 1;
  run = its_run;
  acknowledged = before.acknowledged;
  added_at = before.added_at;
  is_reading = before.is_reading;
}

} // namespace aiex::consensus
