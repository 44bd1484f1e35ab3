#include "aiex/actors/flow/append_desk.hpp"

namespace aiex {

std::uint64_t append_desk::forwarded(consensus::member_id to, waiting_append what) {
  const std::uint64_t number = ++last_number_;
  forwarded_.emplace(std::pair{to, number}, std::move(what));
  return number;
}

std::optional<waiting_append> append_desk::returned(
  consensus::member_id from, std::uint64_t number) {
  auto found = forwarded_.extract({from, number});
  if (found.empty())
    return std::nullopt;
  return std::move(found.mapped());
}

void append_desk::lost(consensus::member_id node) {
  auto each = forwarded_.lower_bound({node, 0});
  while (each != forwarded_.end() && each->first.first == node) {
    each->second.tried.may_be_written = true;
    kept.push_back(std::move(each->second)); // in the order in which they were sent
    each = forwarded_.erase(each);
  }
}

std::size_t append_desk::waiting() const noexcept {
  std::size_t count = open.size() + kept.size() + forwarded_.size() + early.size();
  for (const auto& [group, asked] : groups_)
    count += asked.size();
  return count;
}

} // namespace aiex
