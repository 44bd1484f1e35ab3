#include "aiex/supervision/watchdog/worker_pool.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/coordinator.hpp>
#include <caf/scheduler/worker.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>

namespace aiex {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

/// What a worker is in, written by it and read by others: a sequence lock, odd during a stay. In a
/// line of the cache of its own, as it is written twice a turn.
class alignas(64) worker_slot {
public:
  void enters(std::uint64_t actor) noexcept {
    actor_.store(actor, relaxed);
    sequence_.store(sequence_.load(relaxed) + 1, std::memory_order_release);
  }
  void leaves() noexcept {
    sequence_.store(sequence_.load(relaxed) + 1, relaxed);
    std::atomic_thread_fence(std::memory_order_release); // before what the next stay writes
  }

  /// A stay that ends while one looks is none.
  std::optional<worker_turn> current(std::size_t worker) const noexcept {
    const std::uint64_t sequence = sequence_.load(std::memory_order_acquire);
    const worker_turn seen{worker, sequence / 2 + 1, actor_.load(relaxed)};
    std::atomic_thread_fence(std::memory_order_acquire);
    const bool is_sound = sequence % 2 == 1 && sequence_.load(relaxed) == sequence;
    return is_sound ? std::optional{seen} : std::nullopt;
  }

private:
  std::atomic<std::uint64_t> sequence_{0};
  std::atomic<std::uint64_t> actor_{0};
};

/// Ends the loop of the worker that takes it.
class last_job : public caf::resumable {
public:
  resume_result resume(caf::execution_unit*, std::size_t) override {
    return shutdown_execution_unit;
  }
  void intrusive_ptr_add_ref_impl() override {}
  void intrusive_ptr_release_impl() override {}
};

std::uint64_t actor_of(caf::resumable& job) {
  return job.subtype() == caf::resumable::scheduled_actor
           ? static_cast<caf::scheduled_actor&>(job).id()
           : 0;
}

/// CAF's sharing, with spare workers: those whose id is behind the others'.
class pool_policy : public caf::policy::work_sharing {
public:
  struct coordinator_data : work_sharing::coordinator_data {
    using work_sharing::coordinator_data::coordinator_data;
    // Guarded by `lock`, as the queue.
    std::size_t spares_wanted = 0;
    bool spares_end = false;
    std::condition_variable parked; // spares that are not wanted
    last_job last;
  };
  struct worker_data {
    explicit worker_data(caf::scheduler::abstract_coordinator*) {}
    worker_data(const worker_data&) {} // each its own slot
    worker_slot slot;
  };

  template <class Worker>
  caf::resumable* dequeue(Worker* self) {
    auto& shared = self->parent()->data();
    const std::size_t workers = self->parent()->num_workers();
    const bool is_spare = self->id() >= workers;
    const auto is_wanted = [&] { return !is_spare || self->id() - workers < shared.spares_wanted; };
    std::unique_lock guard{shared.lock};
    for (;;) {
      if (is_spare && shared.spares_end)
        return &shared.last;
      if (!is_wanted()) {
        shared.cv.notify_one(); // perhaps it was woken for a job
        shared.parked.wait(guard, [&] { return shared.spares_end || is_wanted(); });
      } else if (!shared.queue.empty()) {
        caf::resumable* job = shared.queue.front();
        shared.queue.pop_front();
        return job;
      } else {
        shared.cv.wait(guard);
      }
    }
  }

  template <class Worker>
  void before_resume(Worker* self, caf::resumable* job) {
    self->data().slot.enters(actor_of(*job));
  }
  template <class Worker>
  void after_resume(Worker* self, caf::resumable*) {
    self->data().slot.leaves();
  }
};

} // namespace

class pool_scheduler : public caf::scheduler::coordinator<pool_policy> {
public:
  using coordinator::coordinator;

  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>) {
    return new pool_scheduler(system);
  }

  std::vector<worker_turn> turns() {
    std::vector<worker_turn> all;
    const auto look_at = [&all](worker_type& worker) {
      if (const auto turn = worker.data().slot.current(worker.id()))
        all.push_back(*turn);
    };
    for (std::size_t i = 0; i < num_workers(); ++i)
      look_at(*worker_by_id(i));
    for (const auto& each : spares_)
      look_at(*each);
    return all;
  }

  std::size_t want_spares(std::size_t count) {
    count = std::min(count, spare_workers_max);
    while (spares_.size() < count && add_spare()) {
    }
    count = std::min(count, spares_.size());
    const std::lock_guard guard{data().lock};
    if (data().spares_wanted != count) {
      data().spares_wanted = count;
      data().parked.notify_all();
      data().cv.notify_all(); // for those that are to park
    }
    return count;
  }

protected:
  void stop() override {
    {
      const std::lock_guard guard{data().lock};
      data().spares_end = true;
      data().parked.notify_all();
      data().cv.notify_all();
    }
    for (const auto& each : spares_)
      each->get_thread().join();
    coordinator::stop();
  }

private:
  bool add_spare() {
    auto made = std::make_unique<worker_type>(
      num_workers() + spares_.size(), this, pool_policy::worker_data{this}, max_throughput());
    try {
      made->start();
    } catch (const std::system_error&) { // no more threads
      return false;
    }
    spares_.push_back(std::move(made));
    return true;
  }

  // They stay until the end: an actor may remember the worker it was in.
  std::vector<std::unique_ptr<worker_type>> spares_;
};

void worker_pool::load_into(caf::actor_system_config& config) {
  config.load<pool_scheduler>();
}

std::optional<worker_pool> worker_pool::of(caf::actor_system& system) {
  auto* scheduler = dynamic_cast<pool_scheduler*>(&system.scheduler());
  return scheduler == nullptr ? std::nullopt : std::optional{worker_pool{*scheduler}};
}

std::size_t worker_pool::workers() const {
  return scheduler_->num_workers();
}

std::vector<worker_turn> worker_pool::turns() const {
  return scheduler_->turns();
}

std::size_t worker_pool::want_spares(std::size_t count) {
  return scheduler_->want_spares(count);
}

} // namespace aiex
