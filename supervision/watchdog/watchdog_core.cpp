#include "aiex/supervision/watchdog/watchdog_core.hpp"

namespace aiex {

namespace {

std::chrono::milliseconds time_in(const running_handler& which, watchdog_time now) {
  return std::chrono::floor<std::chrono::milliseconds>(now - which.turn.began);
}

} // namespace

void handler_watch::has_returned(
  slow_actor& whose, watchdog_time now, std::vector<handler_report>& into) {
  into.push_back({*whose.told, true, time_in(*whose.told, now)});
  whose.told.reset();
  whose.told_at = now;
}

std::vector<handler_report> handler_watch::look(
  std::span<const running_handler> running, watchdog_time now) {
  std::vector<handler_report> reports;
  for (auto& [actor, one] : slow_)
    one.was_seen = false;
  for (const running_handler& each : running) {
    const auto limit = each.of->handler_limit;
    const auto ran_for = time_in(each, now);
    auto known = slow_.find(each.of->actor);
    if (known != slow_.end()) {
      slow_actor& one = known->second;
      one.was_seen = one.told && one.told->turn.number == each.turn.number;
      if (one.told && !one.was_seen)
        has_returned(one, now, reports);
    }
    if (ran_for < (known == slow_.end() ? limit : known->second.next))
      continue;
    reports.push_back({each, false, ran_for});
    slow_actor& one = slow_.try_emplace(each.of->actor, slow_actor{2 * limit}).first->second;
    one.told = each;
    one.told_at = now;
    one.was_seen = true;
    while (one.next <= ran_for) // what was missed is not told late
      one.next *= 2;
  }
  for (auto& [actor, one] : slow_)
    if (one.told && !one.was_seen)
      has_returned(one, now, reports);
  std::erase_if(slow_, [&](const auto& each) {
    return !each.second.told && now - each.second.told_at >= slow_handlers_memory;
  });
  return reports;
}

std::size_t worker_watch::blocked(std::span<const worker_turn> turns) {
  std::unordered_map<std::size_t, std::uint64_t> now_seen;
  std::size_t count = 0;
  for (const worker_turn& each : turns) {
    const auto before = seen_.find(each.worker);
    count += before != seen_.end() && before->second == each.number ? 1 : 0;
    now_seen.emplace(each.worker, each.number);
  }
  seen_ = std::move(now_seen);
  return count;
}

} // namespace aiex
