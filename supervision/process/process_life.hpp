#pragma once

#include <caf/attachable.hpp>
#include <caf/error.hpp>
#include <caf/fwd.hpp>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

namespace aiex {

/// Whether an actor lives, and who hears of its end: in the order in which they began to watch,
/// each once, with one reason, the first that was given. It can be ended by another thread than the
/// actor's; what the actor still does then belongs to nobody. Thread: any.
class process_life {
public:
  /// Told at once if it is over.
  void watch(caf::attachable_ptr who);

  /// Those that match hear nothing. Returns how many there were. Looks at each that watches, under
  /// the lock: for many of them at once, not for each of many.
  std::size_t unwatch(const caf::attachable::token& what);

  /// How many watch.
  std::size_t watchers() const;

  /// From now on it `has_begun_to_end`, and the reason is known. Nobody hears of it yet.
  void begins_to_end(const caf::error& why);

  /// Tells all who watch, in this thread, after which it is over. False if it was already.
  /// `host`: of this thread, if it runs actors.
  bool end(const caf::error& why, caf::execution_unit* host = nullptr);

  /// Its messages are refused.
  bool has_begun_to_end() const noexcept { return ends_.load(std::memory_order_acquire); }

  /// Why it ends, or has ended; nothing while it lives.
  std::optional<caf::error> reason() const;

  /// What it still does is not to count: another may have taken its place.
  bool was_killed() const;

private:
  void note(const caf::error& why); // the lock is held

  mutable std::mutex lock_; // guards all below
  std::atomic<bool> ends_{false};
  bool is_over_ = false;
  caf::error reason_;
  std::vector<caf::attachable_ptr> watchers_;
};

} // namespace aiex
