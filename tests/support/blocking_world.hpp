// Actors on real threads, some of which block until the test lets them go.
#pragma once

#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/workers/worker_pool.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <memory>

namespace aiex::test {

using block_atom = caf::atom_constant<caf::atom("block")>;
using echo_atom = caf::atom_constant<caf::atom("echo")>;

/// Those who wait at it go on when it is opened, or is gone.
class gate {
public:
  ~gate() { open(); }
  void open() {
    if (!is_open_.exchange(true))
      opened_.set_value();
  }
  std::shared_future<void> opens() const { return opens_; }

private:
  std::promise<void> opened_;
  std::shared_future<void> opens_ = opened_.get_future().share();
  std::atomic<bool> is_open_ = false;
};

/// How many are in a handler that blocks, and have been.
struct blocked_count {
  std::atomic<std::size_t> now{0};
  std::atomic<std::size_t> ever{0};
};

inline caf::behavior blocker(
  caf::event_based_actor*, std::shared_future<void> opens, std::shared_ptr<blocked_count> count) {
  return {
    [opens, count](block_atom) {
      ++count->now;
      ++count->ever;
      opens.wait();
      --count->now;
    },
    [](echo_atom) { return 7; },
  };
}

/// Stands still with the first message, its own, until the gate opens. For an actor with a thread.
inline caf::behavior never_back(caf::event_based_actor* self, std::shared_future<void> opens,
  std::shared_ptr<std::atomic<bool>> stands) {
  self->send(self, block_atom::value);
  return {[opens, stands](block_atom) {
    *stands = true;
    stands->notify_all();
    opens.wait();
  }};
}

/// Returns when it stands still: before that an exit could overtake its message.
inline caf::actor spawn_never_back(caf::actor_system& system, const gate& way) {
  const auto stands = std::make_shared<std::atomic<bool>>(false);
  caf::actor made = system.spawn<caf::detached>(never_back, way.opens(), stands);
  stands->wait(false);
  return made;
}

struct pool_config : caf::actor_system_config {
  explicit pool_config(std::size_t workers = 2) {
    worker_pool::load_into(*this);
    set("scheduler.max-threads", workers);
  }
};

/// A node's workers, and a gate. The gate opens before the system ends.
struct blocking_world {
  pool_config config;
  caf::actor_system system{config};
  std::shared_ptr<blocked_count> count = std::make_shared<blocked_count>();
  gate way;

  caf::actor start_blocker() {
    return std::get<started>(spawn_eager(system, blocker, way.opens(), count)).actor;
  }
};

} // namespace aiex::test
