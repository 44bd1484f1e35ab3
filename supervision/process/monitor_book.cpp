#include "aiex/supervision/process/monitor_book.hpp"

namespace aiex {

std::optional<monitor_book::added> monitor_book::add(target whom) {
  if (targets_.size() == monitors_max_)
    return std::nullopt;
  watched& its = watched_[whom];
  // Removed ones go when they are half of all: each is moved a bounded number of times.
  if (its.refs.size() > 16 && its.refs.size() > 2 * its.count)
    std::erase_if(its.refs, [this](monitor_ref each) { return !targets_.contains(each); });
  targets_.emplace(++last_, whom);
  its.refs.push_back(last_);
  return added{last_, ++its.count == 1};
}

std::optional<monitor_book::removed> monitor_book::remove(monitor_ref which) {
  const auto found = targets_.find(which);
  if (found == targets_.end())
    return std::nullopt;
  const target whom = found->second;
  targets_.erase(found);
  const auto its = watched_.find(whom);
  const bool was_last = --its->second.count == 0;
  if (was_last)
    watched_.erase(its);
  return removed{whom, was_last};
}

std::vector<monitor_ref> monitor_book::of(target whom) const {
  std::vector<monitor_ref> all;
  if (const auto its = watched_.find(whom); its != watched_.end())
    for (const monitor_ref each : its->second.refs)
      if (targets_.contains(each))
        all.push_back(each);
  return all;
}

} // namespace aiex
