#include "aiex/supervision/workers/job_queue.hpp"

#include "aiex/supervision/workers/short_lock.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

namespace {

/// If no worker is ever idle, one looks every so many jobs.
constexpr std::uint64_t jobs_between_looks = 64;

} // namespace

void job_queue::push(caf::resumable* job) {
  {
    const auto guard = short_lock(lock_);
    queue_.push_back(job);
    queued_.store(queue_.size(), std::memory_order_relaxed);
  }
  changed_.notify_one();
}

void job_queue::join(worker_slot& worker) {
  const auto guard = short_lock(lock_);
  listed_.push_back({&worker});
}

void job_queue::hand_on(worker_slot& from, caf::resumable* job) {
  if (queued_.load(std::memory_order_relaxed) > 0 || !is_wanted(from) || !from.hand_on(job))
    return push(job);
  if (!is_watched_ && !is_watched_.exchange(true)) {
    const auto guard = short_lock(lock_); // not between a look at it and the sleep
    changed_.notify_one();
  }
}

caf::resumable* job_queue::next(worker_slot& worker) {
  if (caf::resumable* own = worker.take())
    return own;
  lock held = short_lock(lock_);
  caf::resumable* job = wait_for_job(held, worker);
  stop_looking(worker);
  return job;
}

caf::resumable* job_queue::wait_for_job(lock& held, const worker_slot& worker) {
  for (;;) {
    if (worker.spare() > 0 && spares_end_)
      return nullptr;
    if (!is_wanted(worker)) {
      stop_looking(worker);
      changed_.notify_one(); // perhaps it was woken for a job
      parked_.wait(held, [&] { return spares_end_ || is_wanted(worker); });
    } else if (caf::resumable* job = look_for_job()) {
      return job;
    } else {
      wait(held, worker);
    }
  }
}

/// Until there may be something to do. Who looks does so until nothing is handed on.
void job_queue::wait(lock& held, const worker_slot& worker) {
  if (watcher_ == &worker && !is_any_handed_on()) {
    watcher_ = nullptr;
    is_watched_ = false; // from here on the next one asks for a watcher
    if (is_any_handed_on())
      is_watched_ = true;
  }
  if (watcher_ == nullptr && is_watched_)
    watcher_ = &worker;
  if (watcher_ == &worker)
    changed_.wait_for(held, hand_over_period);
  else
    changed_.wait(held);
}

/// Another one is to look, if any is idle; else the next one that is.
void job_queue::stop_looking(const worker_slot& worker) {
  if (watcher_ != &worker)
    return;
  watcher_ = nullptr;
  changed_.notify_one();
}

bool job_queue::is_any_handed_on() const {
  return std::any_of(listed_.begin(), listed_.end(),
    [](const listed_worker& each) { return each.slot->has_next(); });
}

caf::resumable* job_queue::look_for_job() {
  if (queue_.empty() || ++popped_ % jobs_between_looks == 0)
    if (caf::resumable* job = take_over())
      return job;
  return pop();
}

caf::resumable* job_queue::pop() {
  if (queue_.empty())
    return nullptr;
  caf::resumable* job = queue_.front();
  queue_.pop_front();
  queued_.store(queue_.size(), std::memory_order_relaxed);
  return job;
}

/// What a worker has handed on that is in the same turn as at the last look.
caf::resumable* job_queue::take_over() {
  for (listed_worker& each : listed_) {
    const auto turn = each.slot->current();
    const std::uint64_t seen = std::exchange(each.turn_seen, turn ? turn->number : 0);
    if (turn && turn->number == seen)
      if (caf::resumable* job = each.slot->take())
        return job;
  }
  return nullptr;
}

std::vector<worker_turn> job_queue::turns() const {
  std::vector<worker_turn> all;
  const auto guard = short_lock(lock_);
  for (const listed_worker& each : listed_)
    if (const auto turn = each.slot->current())
      all.push_back(*turn);
  return all;
}

void job_queue::want_spares(std::size_t count) {
  const auto guard = short_lock(lock_);
  if (spares_wanted_.exchange(count) == count)
    return;
  parked_.notify_all();
  changed_.notify_all(); // for those that are to park
}

void job_queue::end_spares() {
  const auto guard = short_lock(lock_);
  spares_end_ = true;
  parked_.notify_all();
  changed_.notify_all();
}

caf::resumable* job_queue::take_left() {
  const auto guard = short_lock(lock_);
  for (const listed_worker& each : listed_)
    if (caf::resumable* job = each.slot->take())
      return job;
  return pop();
}

} // namespace aiex
