#include "aiex/supervision/workers/job_queue.hpp"

#include <caf/resumable.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <future>

namespace aiex {
namespace {

/// Only its address counts.
class some_job : public caf::resumable {
public:
  resume_result resume(caf::execution_unit*, std::size_t) override { return done; }
  void intrusive_ptr_add_ref_impl() override {}
  void intrusive_ptr_release_impl() override {}
};

struct queue_world {
  std::array<some_job, 4> job;
  job_queue jobs;
  worker_slot mine{0, 0};
  worker_slot other{1, 0};

  queue_world() {
    jobs.join(mine);
    jobs.join(other);
  }
  /// The worker comes for a job, that lies in the queue, and is in it.
  void is_in(worker_slot& worker, some_job& what, std::uint64_t actor) {
    jobs.push(&what);
    REQUIRE(jobs.next(worker) == &what);
    worker.enters(actor);
  }
};

TEST_CASE_FIXTURE(queue_world, "job_queue: first in, first out") {
  for (some_job& each : job)
    jobs.push(&each);
  for (some_job& each : job)
    CHECK(jobs.next(mine) == &each);
  CHECK(jobs.take_left() == nullptr);
}

TEST_CASE_FIXTURE(queue_world, "job_queue: what is handed on is done by the same worker, next") {
  is_in(mine, job[0], 7);
  jobs.hand_on(mine, &job[1]);
  CHECK(mine.has_next());
  mine.leaves();
  CHECK(jobs.next(mine) == &job[1]);
  CHECK_FALSE(mine.has_next());
}

TEST_CASE_FIXTURE(queue_world, "job_queue: of many handed on, one is the worker's, all are done") {
  is_in(mine, job[0], 7);
  jobs.hand_on(mine, &job[1]);
  jobs.hand_on(mine, &job[2]);
  jobs.hand_on(mine, &job[3]);
  CHECK(jobs.next(other) == &job[2]);
  mine.leaves();
  CHECK(jobs.next(mine) == &job[1]);
  CHECK(jobs.next(mine) == &job[3]);
}

TEST_CASE_FIXTURE(queue_world, "job_queue: two that hand on to each other starve nobody") {
  is_in(mine, job[0], 7);
  jobs.push(&job[1]);
  jobs.hand_on(mine, &job[2]); // behind it
  CHECK_FALSE(mine.has_next());
  mine.leaves();
  CHECK(jobs.next(mine) == &job[1]);
  CHECK(jobs.next(mine) == &job[2]);
}

TEST_CASE_FIXTURE(
  queue_world, "job_queue: what waits behind a long turn is done by an idle worker") {
  is_in(mine, job[0], 7);
  auto taken = std::async(std::launch::async, [&] { return jobs.next(other); });
  jobs.hand_on(mine, &job[1]); // and the turn does not end
  CHECK(taken.get() == &job[1]);
  CHECK_FALSE(mine.has_next());
}

TEST_CASE_FIXTURE(queue_world, "job_queue: a sleeping worker is woken to look at a long turn") {
  std::array<std::future<caf::resumable*>, 2> taken;
  const std::array<worker_slot*, 2> slots{&mine, &other};
  std::promise<std::size_t> got_one;
  for (std::size_t i = 0; i < 2; ++i)
    taken[i] = std::async(std::launch::async, [&, i] {
      caf::resumable* const got = jobs.next(*slots[i]);
      if (got == &job[0])
        got_one.set_value(i);
      return got;
    });
  jobs.push(&job[0]);
  const std::size_t busy = got_one.get_future().get(); // the other one sleeps, or is on its way
  slots[busy]->enters(7);
  jobs.hand_on(*slots[busy], &job[1]);
  CHECK(taken[1 - busy].get() == &job[1]);
}

TEST_CASE_FIXTURE(queue_world, "job_queue: a worker that looked and got a job is followed by one") {
  worker_slot third{2, 0};
  jobs.join(third);
  is_in(mine, job[0], 7);
  std::array<std::future<caf::resumable*>, 2> taken;
  const std::array<worker_slot*, 2> idle{&other, &third};
  for (std::size_t i = 0; i < 2; ++i)
    taken[i] = std::async(std::launch::async, [&, i] { return jobs.next(*idle[i]); });
  jobs.hand_on(mine, &job[1]);
  jobs.push(&job[2]); // both are taken, whoever takes which
  const std::array<caf::resumable*, 2> got{taken[0].get(), taken[1].get()};
  CHECK(std::count(got.begin(), got.end(), &job[1]) == 1);
  CHECK(std::count(got.begin(), got.end(), &job[2]) == 1);
}

TEST_CASE_FIXTURE(queue_world, "job_queue: workers that are never idle look at a long turn, too") {
  is_in(mine, job[0], 7);
  jobs.hand_on(mine, &job[1]);
  bool is_taken = false;
  for (int i = 0; i < 1'000 && !is_taken; ++i) {
    jobs.push(&job[2]);
    is_taken = jobs.next(other) == &job[1];
  }
  CHECK(is_taken);
}

TEST_CASE_FIXTURE(queue_world, "job_queue: a short turn keeps what it hands on") {
  worker_slot third{2, 0};
  jobs.join(third);
  for (int i = 0; i < 1'000; ++i) { // each turn is another one
    is_in(mine, job[0], 7);
    jobs.hand_on(mine, &job[1]);
    for (int j = 0; j < 2; ++j) {
      jobs.push(&job[2]);
      CHECK(jobs.next(third) == &job[2]);
    }
    mine.leaves();
    REQUIRE(jobs.next(mine) == &job[1]);
  }
}

TEST_CASE_FIXTURE(queue_world, "job_queue: a spare worker takes part while it is wanted") {
  worker_slot spare{2, 1};
  jobs.join(spare);
  auto taken = std::async(std::launch::async, [&] { return jobs.next(spare); });
  jobs.want_spares(1);
  jobs.push(&job[0]);
  CHECK(taken.get() == &job[0]);
  spare.enters(7);
  jobs.want_spares(0);
  jobs.hand_on(spare, &job[1]); // it is for the others
  CHECK(jobs.next(mine) == &job[1]);
  spare.leaves();
  auto ends = std::async(std::launch::async, [&] { return jobs.next(spare); });
  jobs.end_spares();
  CHECK(ends.get() == nullptr);
}

TEST_CASE_FIXTURE(queue_world, "job_queue: what nobody came to do is not lost") {
  is_in(mine, job[0], 7);
  jobs.hand_on(mine, &job[1]);
  jobs.hand_on(mine, &job[2]);
  CHECK(jobs.take_left() == &job[1]);
  CHECK(jobs.take_left() == &job[2]);
  CHECK(jobs.take_left() == nullptr);
}

} // namespace
} // namespace aiex
