#include "aiex/persistence/consensus/standing.hpp"

#include "aiex/persistence/consensus/limits.hpp"

namespace aiex::consensus {

void standing::raise(log_place place) {
  if (is_as_new(place, proven_))
    proven_ = place;
}

void standing::damage(std::uint64_t index) {
  damaged_.insert(index);
  if (damaged_.size() > limits::damaged_entries)
    is_void_ = true;
}

std::uint64_t standing::first_damaged_behind(std::uint64_t index) const {
  const auto found = damaged_.upper_bound(index);
  return found == damaged_.end() ? 0 : *found;
}

} // namespace aiex::consensus
