#include "aiex/supervision/watchdog/watchdog.hpp"

#include "aiex/supervision/process/message_type.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace aiex {

namespace {

std::string reason_of(const handler_report& report) {
  const std::string limit = "; its limit is " + seconds_text(report.which.of->handler_limit);
  if (report.has_returned)
    return "its handler has returned after " + seconds_text(report.ran_for) + limit;
  if (report.which.of->life->was_killed())
    return "killed, but its handler runs on, for " + seconds_text(report.ran_for) + limit;
  return "its handler runs for " + seconds_text(report.ran_for) + limit;
}

} // namespace

watchdog::watchdog(caf::actor_system& system, std::shared_ptr<process_table> table,
  observer observe, std::function<void(const std::string&)> complain, watchdog_options options)
    : table_(std::move(table)), observe_(std::move(observe)), complain_(std::move(complain)),
      spares_max_(std::min(options.spares_max, spare_workers_max)), pool_(worker_pool::of(system)) {
}

void watchdog::look(watchdog_time now) {
  const auto turns = pool_ ? pool_->turns() : std::vector<worker_turn>{};
  see_to_spares(turns); // first: the observer may need a worker
  for (const handler_report& each : handlers_.look(running(turns), now))
    tell(each);
}

std::vector<running_handler> watchdog::running(const std::vector<worker_turn>& turns) {
  std::vector<running_handler> all;
  std::unordered_set<std::uint64_t> actors;
  const auto look_at = [&](const process_entry_pointer& entry) {
    if (!entry || entry->handler_limit == handlers_unlimited)
      return;
    if (auto turn = entry->activity->current(); turn && actors.insert(entry->actor).second)
      all.push_back({entry, *turn});
  };
  for (const worker_turn& each : turns)
    if (each.actor != 0)
      look_at(table_->find(each.actor));
  for (const auto& each : table_->with_threads())
    look_at(each);
  for (const auto& each : table_->dead_in_handler())
    look_at(each);
  return all;
}

void watchdog::tell(const handler_report& report) const {
  supervision_event event{report.which.of->path,
    report.has_returned ? child_change::returned : child_change::stuck, reason_of(report),
    report.which.of->restarts};
  event.last_message = text_of(report.which.turn.handles);
  event.ran_for = report.ran_for;
  aiex::tell(observe_, event);
}

void watchdog::see_to_spares(const std::vector<worker_turn>& turns) {
  if (!pool_)
    return;
  const std::size_t blocked = workers_.blocked(turns);
  const std::size_t wanted = spares_wanted(blocked, spares_max_);
  if (wanted != spares_)
    spares_ = pool_->want_spares(wanted);
  const bool is_short = spares_ < blocked;
  if (is_short && !has_complained_)
    complain(blocked);
  has_complained_ = is_short;
}

void watchdog::complain(std::size_t blocked) const noexcept {
  try {
    if (complain_)
      complain_(std::to_string(blocked) +
                " handlers block their workers, and there are no more than " +
                std::to_string(spares_) + " spare ones: what else is to run here may have to wait");
  } catch (...) { // as an observer's: it ends nobody
  }
}

watchdog_thread::watchdog_thread(
  caf::actor_system& system, watchdog looks, std::chrono::milliseconds period)
    : looks_(std::move(looks)), thread_([this, &system, period] { run(system, period); }) {}

watchdog_thread::~watchdog_thread() {
  {
    const std::lock_guard guard{lock_};
    ends_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void watchdog_thread::run(caf::actor_system& system, std::chrono::milliseconds period) {
  std::unique_lock guard{lock_};
  while (!changed_.wait_for(guard, period, [this] { return ends_; }))
    looks_.look(system.clock().now());
}

} // namespace aiex
