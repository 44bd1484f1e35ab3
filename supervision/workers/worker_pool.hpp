// The threads that actors share: some workers that take from one queue (job_queue.hpp). It can be
// seen how long they are in an actor, and there can be more of them while some do not come back, as
// in Go's runtime: so that handlers that block do not stop everybody else. docs/decisions/0009 and
// 0010 say why.
#pragma once

#include "aiex/supervision/workers/worker_slot.hpp"

#include <caf/fwd.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace aiex {

/// More than so many blocked handlers are not made up for.
inline constexpr std::size_t spare_workers_max = 64;

class pool_scheduler;

class worker_pool {
public:
  /// Before the system is made. The number of workers is "scheduler.max-threads".
  static void load_into(caf::actor_system_config& config);

  /// Nothing if the system has another scheduler. Valid as long as the system.
  static std::optional<worker_pool> of(caf::actor_system& system);

  /// Without spares.
  std::size_t workers() const;

  /// Who is in an actor now. Thread: as `want_spares`.
  std::vector<worker_turn> turns() const;

  /// So many spare workers take part from now on, at most `spare_workers_max`; others wait, once
  /// they come back, until they are wanted again. Returns how many there are, which is fewer if the
  /// system has no threads left. Thread: one at a time, and none once the system is being ended.
  std::size_t want_spares(std::size_t count);

private:
  explicit worker_pool(pool_scheduler& scheduler) : scheduler_(&scheduler) {}
  pool_scheduler* scheduler_;
};

} // namespace aiex
