#include "aiex/persistence/consensus/configurations.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace aiex::consensus {

bool configurations::may_be_voter(member_id id) const {
  return std::ranges::any_of(all_, [&](const placed& each) { return each.members.is_voter(id); });
}

void configurations::append(std::uint64_t index, configuration members) {
  invariant(index > all_.back().index, "a configuration stands before the newest one");
  all_.push_back({index, std::move(members)});
}

bool configurations::cut(std::uint64_t from) {
  if (all_.front().index > 0 && all_.front().index >= from)
    return false;
  while (all_.back().index > 0 && all_.back().index >= from)
    all_.pop_back();
  return true;
}

void configurations::settle(std::uint64_t index) {
  const auto behind = std::ranges::upper_bound(all_, index, {}, &placed::index);
  if (behind - all_.begin() > 1)
    all_.erase(all_.begin(), std::prev(behind));
}

} // namespace aiex::consensus
