// What the workers have to do, and the workers that wait for it.
//
// There is one queue, and each worker has one place of its own: what an actor sends to another is
// done by the same worker when the sender's turn is over, if nobody else waits. So a request and
// its answer stay on one core, and wake nobody; to wake a worker takes longer than most handlers.
// Whatever comes while others wait goes behind them, so nobody starves.
//
// A sender may go on for long. While anything is handed on, an idle worker looks once in
// `hand_over_period` whether its sender is in the same turn still, and does it itself then.
#pragma once

#include "aiex/supervision/workers/worker_slot.hpp"

#include <caf/fwd.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

namespace aiex {

/// What an actor has sent waits for its sender for one to two of these, if a worker is idle.
inline constexpr std::chrono::milliseconds hand_over_period{1};

/// Thread: any, but where it says the worker's.
class job_queue {
public:
  job_queue() = default;
  job_queue(const job_queue&) = delete;
  job_queue& operator=(const job_queue&) = delete;

  void push(caf::resumable* job);

  /// Before the first `next`. The slot has to stay as long as the queue is used.
  void join(worker_slot& worker);

  /// From the actor that the worker is in. Thread: the worker's.
  void hand_on(worker_slot& from, caf::resumable* job);

  /// Waits for the next job; null: the worker, a spare one, is to end. Thread: the worker's.
  caf::resumable* next(worker_slot& worker);

  /// What the workers are in.
  std::vector<worker_turn> turns() const;

  /// So many spare workers take part; the others wait, once they come back.
  void want_spares(std::size_t count);

  /// Spare workers are to end when they have done what they are in.
  void end_spares();

  /// What is left, when no worker is left to do it; null: nothing.
  caf::resumable* take_left();

private:
  struct listed_worker {
    worker_slot* slot;
    std::uint64_t turn_seen = 0; ///< At the last look.
  };
  using lock = std::unique_lock<std::mutex>;

  bool is_wanted(const worker_slot& worker) const { return worker.spare() <= spares_wanted_; }
  caf::resumable* wait_for_job(lock& held, const worker_slot& worker);
  void wait(lock& held, const worker_slot& worker);
  bool is_any_handed_on() const;
  void stop_looking(const worker_slot& worker);
  caf::resumable* look_for_job();
  caf::resumable* take_over();
  caf::resumable* pop();

  mutable std::mutex lock_; ///< Guards all; what is atomic is read without it, too.
  std::condition_variable changed_;
  std::condition_variable parked_; ///< Spare workers that are not wanted.
  std::deque<caf::resumable*> queue_;
  std::vector<listed_worker> listed_;
  std::size_t asleep_ = 0;               ///< Workers that wait, who looks among them.
  const worker_slot* watcher_ = nullptr; ///< The idle worker that looks.
  bool spares_end_ = false;
  std::uint64_t popped_ = 0;
  std::atomic<std::size_t> queued_{0};
  std::atomic<std::size_t> spares_wanted_{0};
  std::atomic<bool> is_watched_{false}; ///< Or it is asked for: the next idle worker looks.
};

} // namespace aiex
