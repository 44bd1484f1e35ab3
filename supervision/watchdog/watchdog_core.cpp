#include "aiex/supervision/watchdog/watchdog_core.hpp"

namespace aiex {

namespace {

std::chrono::milliseconds time_in(const running_handler& which, watchdog_time now) {
  return std::chrono::floor<std::chrono::milliseconds>(now - which.turn.began);
}

} // namespace

std::vector<handler_report> handler_watch::look(
  std::span<const running_handler> running, watchdog_time now) {
  std::vector<handler_report> reports;
  for (auto& [actor, one] : late_)
    one.was_seen = false;
  for (const running_handler& each : running) {
    const auto limit = each.of->handler_limit;
    const auto ran_for = time_in(each, now);
    auto known = late_.find(each.of->actor);
    if (known != late_.end() && known->second.which.turn.number != each.turn.number) {
      reports.push_back({known->second.which, true, time_in(known->second.which, now)});
      late_.erase(known);
      known = late_.end();
    }
    if (known != late_.end())
      known->second.was_seen = true;
    if (ran_for < (known == late_.end() ? limit : known->second.next))
      continue;
    reports.push_back({each, false, ran_for});
    auto& next = known == late_.end()
                   ? late_.emplace(each.of->actor, late{each, 2 * limit}).first->second.next
                   : known->second.next;
    while (next <= ran_for) // what was missed is not told late
      next *= 2;
  }
  std::erase_if(late_, [&](const auto& each) {
    const late& one = each.second;
    if (!one.was_seen)
      reports.push_back({one.which, true, time_in(one.which, now)});
    return !one.was_seen;
  });
  return reports;
}

std::size_t worker_watch::blocked(std::span<const worker_turn> turns, watchdog_time now) {
  std::unordered_map<std::size_t, seen> now_seen;
  std::size_t count = 0;
  for (const worker_turn& each : turns) {
    seen one{each.number, now};
    if (const auto before = seen_.find(each.worker);
        before != seen_.end() && before->second.number == each.number)
      one.since = before->second.since;
    count += now - one.since >= patience_ ? 1 : 0;
    now_seen.emplace(each.worker, one);
  }
  seen_ = std::move(now_seen);
  return count;
}

} // namespace aiex
