#include "aiex/supervision/workers/worker_pool.hpp"

#include "aiex/supervision/workers/job_queue.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/policy/unprofiled.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/coordinator.hpp>
#include <caf/scheduler/worker.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <system_error>

namespace aiex {

namespace {

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

/// The slot of the worker that this thread is.
thread_local worker_slot* this_worker = nullptr;

/// CAF's way to the job queue.
class pool_policy : public caf::policy::unprofiled {
public:
  struct coordinator_data {
    explicit coordinator_data(caf::scheduler::abstract_coordinator*) {}
    job_queue jobs;
    last_job last;
  };
  struct worker_data {
    explicit worker_data(caf::scheduler::abstract_coordinator*) {}
    worker_data(const worker_data&) {} // each its own slot
    std::optional<worker_slot> slot;   // since its first job
  };

  template <class Coordinator>
  void central_enqueue(Coordinator* self, caf::resumable* job) {
    self->data().jobs.push(job);
  }
  template <class Worker>
  void external_enqueue(Worker* self, caf::resumable* job) {
    self->parent()->data().jobs.push(job);
  }
  template <class Worker>
  void resume_job_later(Worker* self, caf::resumable* job) {
    self->parent()->data().jobs.push(job);
  }
  /// An actor remembers the worker it was in last, and may be ended in another thread.
  template <class Worker>
  void internal_enqueue(Worker* self, caf::resumable* job) {
    auto& slot = self->data().slot;
    if (slot && this_worker == &*slot)
      self->parent()->data().jobs.hand_on(*slot, job);
    else
      external_enqueue(self, job);
  }

  template <class Worker>
  caf::resumable* dequeue(Worker* self) {
    auto& pool = self->parent()->data();
    auto& slot = self->data().slot;
    if (!slot) {
      const std::size_t workers = self->parent()->num_workers();
      slot.emplace(self->id(), self->id() < workers ? 0 : self->id() - workers + 1);
      this_worker = &*slot;
      pool.jobs.join(*slot);
    }
    caf::resumable* job = pool.jobs.next(*slot);
    return job == nullptr ? &pool.last : job;
  }

  template <class Worker>
  void before_resume(Worker* self, caf::resumable* job) {
    self->data().slot->enters(actor_of(*job));
  }
  template <class Worker>
  void after_resume(Worker* self, caf::resumable*) {
    self->data().slot->leaves();
  }

  template <class Worker, class Function>
  void foreach_resumable(Worker*, Function) {} // what it had handed on is in the queue's account
  template <class Coordinator, class Function>
  void foreach_central_resumable(Coordinator* self, Function does) {
    while (caf::resumable* job = self->data().jobs.take_left())
      does(job);
  }
};

} // namespace

class pool_scheduler : public caf::scheduler::coordinator<pool_policy> {
public:
  using coordinator::coordinator;

  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>) {
    return new pool_scheduler(system);
  }

  std::vector<worker_turn> turns() { return data().jobs.turns(); }

  std::size_t want_spares(std::size_t count) {
    count = std::min(count, spare_workers_max);
    while (spares_.size() < count && add_spare()) {
    }
    count = std::min(count, spares_.size());
    data().jobs.want_spares(count);
    return count;
  }

protected:
  void stop() override {
    data().jobs.end_spares();
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
