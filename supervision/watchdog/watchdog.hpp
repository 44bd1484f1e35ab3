// The watchdog of an actor system: sees handlers that run for too long, says so, and sees to it
// that those which block do not keep the workers from everybody else.
#pragma once

#include "aiex/supervision/tree/supervision_event.hpp"
#include "aiex/supervision/watchdog/watchdog_core.hpp"
#include "aiex/supervision/workers/worker_pool.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace aiex {

struct watchdog_options {
  /// Between two looks, which cost that a thread wakes, however many actors there are. A worker
  /// that is in the same actor at two of them is made up for by a spare one, until it is back.
  std::chrono::milliseconds period{100};
  std::size_t spares_max = spare_workers_max;
};

/// One look after the other. Thread: one at a time.
class watchdog {
public:
  /// `observe`: hears `stuck` and `returned` of the children in `table`. `complain`: hears, once
  /// each time, that more handlers block than there are spares for. Both in the thread that looks,
  /// and what they throw ends nobody.
  watchdog(caf::actor_system& system, std::shared_ptr<process_table> table, observer observe,
    std::function<void(const std::string&)> complain = {}, watchdog_options options = {});

  void look(watchdog_time now);

private:
  std::vector<running_handler> running(const std::vector<worker_turn>& turns);
  void tell(const handler_report& report) const;
  void see_to_spares(const std::vector<worker_turn>& turns);
  void complain(std::size_t blocked) const noexcept;

  std::shared_ptr<process_table> table_;
  observer observe_;
  std::function<void(const std::string&)> complain_;
  std::size_t spares_max_;
  std::optional<worker_pool> pool_; ///< Not of a system with another scheduler.
  handler_watch handlers_;
  worker_watch workers_;
  std::size_t spares_ = 0;
  bool has_complained_ = false;
};

/// A watchdog in a thread of its own, so that nothing in the actor system can stop it. It ends
/// before the system does.
class watchdog_thread {
public:
  watchdog_thread(caf::actor_system& system, watchdog looks, std::chrono::milliseconds period);
  ~watchdog_thread();
  watchdog_thread(const watchdog_thread&) = delete;
  watchdog_thread& operator=(const watchdog_thread&) = delete;

private:
  void run(caf::actor_system& system, std::chrono::milliseconds period);

  watchdog looks_;
  std::mutex lock_; // guards ends_
  std::condition_variable changed_;
  bool ends_ = false;
  std::thread thread_; // last: it uses all of the above
};

} // namespace aiex
