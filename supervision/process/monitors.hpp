// Monitors of an actor: erlang:monitor and demonitor with flush.
//
// n monitors of one actor give n downs, in the order in which they were made. A down comes behind
// everything that its actor has sent before it ended, unless it was killed: a kill is told at once.
#pragma once

#include "aiex/supervision/process/monitor_book.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/error.hpp>
#include <caf/event_based_actor.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <unordered_map>

namespace aiex {

/// As many an actor may have.
inline constexpr std::size_t monitors_max = 1'000'000;

struct down {
  monitor_ref ref = 0;
  caf::actor_addr who;
  caf::error reason; ///< `no_process_reason()` if it had ended before it was monitored.
};

/// A member of the actor's state. It has the actor's down handler, so the actor sets none and does
/// not call CAF's `monitor` itself. Thread: the actor's.
class monitors {
public:
  /// `most`: so many at a time.
  monitors(caf::event_based_actor* self, std::function<void(const down&)> hears,
    std::size_t most = monitors_max);
  monitors(const monitors&) = delete;
  monitors& operator=(const monitors&) = delete;
  ~monitors(); ///< Those who are watched forget it.

  /// One down comes, after this has returned; at once if `whom` has ended, or is null. None ever
  /// comes of the actor itself. Throws std::length_error if there are `most`.
  monitor_ref monitor(const caf::actor& whom);

  /// None comes after this, not even one that lies in the mailbox already. False: there was none.
  bool demonitor(monitor_ref which);

  std::size_t size() const noexcept { return book_.size(); }

private:
  struct watched {
    caf::actor_addr who;
    caf::actor kept; ///< A remote one: its end would not come here if nobody had it.
  };

  void on_down(const caf::down_msg& told);

  caf::event_based_actor* self_;
  std::function<void(const down&)> hears_;
  monitor_book book_;
  std::unordered_map<monitor_book::target, watched> watched_;
  std::deque<down> late_; ///< Of those that had ended: each has a word of its own in the mailbox.
};

} // namespace aiex
