#include "aiex/persistence/consensus/term_runs.hpp"

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/consensus/limits.hpp"

#include <algorithm>

namespace aiex::consensus {

void term_runs::append(log_place place) {
  invariant(place.index == last_.index + 1, "an entry does not stand behind the last one");
  invariant(place.term >= last_.term, "the term of an entry is smaller than that before it");
  if (runs_.empty() || place.term > last_.term)
    runs_.push_back({place.index, place.term});
  if (runs_.size() > limits::term_runs)
    runs_.pop_front();
  last_ = place;
}

void term_runs::cut(std::uint64_t from) {
  if (from > last_.index)
    return;
  while (!runs_.empty() && runs_.back().begins >= from)
    runs_.pop_back();
  unknown_.erase(unknown_.lower_bound(from), unknown_.end());
  last_ = {from == 0 ? 0 : from - 1, runs_.empty() ? 0 : runs_.back().term};
}

std::optional<std::uint64_t> term_runs::term_at(std::uint64_t index) const {
  if (index == 0)
    return 0;
  if (index > last_.index || unknown_.contains(index))
    return std::nullopt;
  const auto behind = std::ranges::upper_bound(runs_, index, {}, &run::begins);
  if (behind == runs_.begin())
    return std::nullopt;
  return std::prev(behind)->term;
}

bool term_runs::may_be(log_place place) const {
  if (place.index > last_.index)
    return false;
  if (const auto known = term_at(place.index))
    return *known == place.term;
  std::uint64_t behind = place.index + 1;
  while (unknown_.contains(behind))
    ++behind;
  const auto later = std::ranges::upper_bound(runs_, place.index, {}, &run::begins);
  const std::uint64_t least = later == runs_.begin() ? 0 : std::prev(later)->term;
  return place.term >= least && (behind > last_.index || place.term <= term_at(behind));
}

void term_runs::set_known(log_place place) {
  if (unknown_.erase(place.index) == 0)
    return;
  if (place.index == last_.index)
    last_.term = place.term;
  auto behind = std::ranges::upper_bound(runs_, place.index, {}, &run::begins);
  if (const auto own = behind; own != runs_.begin()) {
    if (std::prev(own)->term == place.term)
      return;
    if (std::prev(own)->begins == place.index)
      behind = runs_.erase(std::prev(own));
  }
  // What follows up to the next run is unknown, too, and no older.
  if (behind != runs_.end() && behind->term == place.term)
    behind->begins = place.index;
  else
    runs_.insert(behind, {place.index, place.term});
  if (runs_.size() > limits::term_runs)
    runs_.pop_front();
}

std::uint64_t term_runs::last_run_begins() const {
  return runs_.empty() ? 1 : runs_.back().begins;
}

log_place term_runs::conflict_hint(std::uint64_t index, std::uint64_t term) const {
  index = std::min(index, last_.index);
  auto behind = std::ranges::upper_bound(runs_, index, {}, &run::begins);
  while (behind != runs_.begin() && std::prev(behind)->term > term) {
    --behind;
    index = behind->begins - 1;
  }
  return {index, behind == runs_.begin() ? 0 : std::prev(behind)->term};
}

} // namespace aiex::consensus
