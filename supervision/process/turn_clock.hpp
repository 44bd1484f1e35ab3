#pragma once

#include <caf/actor_clock.hpp>
#include <caf/detail/test_actor_clock.hpp>

#include <chrono>
#include <ctime>

namespace aiex {

/// What the turns of actors are measured by. Exact only to a tick of the kernel (1 to 10 ms), but
/// read in a tenth of the time that steady_clock takes, of which it is that much behind at most: an
/// actor reads it twice a message. In a system whose clock moves only when told, it is that clock.
class turn_clock {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `system`: the clock of the actor's system. It has to outlive this.
  explicit turn_clock(const caf::actor_clock& system)
      : system_(system), told_(dynamic_cast<const caf::detail::test_actor_clock*>(&system)) {}

  /// Thread: any, also below.
  time_point now() const noexcept { return told_ == nullptr ? ticked() : told_->now(); }

  /// Not only to a tick.
  time_point exactly_now() const noexcept { return system_.now(); }

private:
  static time_point ticked() noexcept {
    std::timespec at{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &at); // cannot fail: Linux has it since 2.6.32
    return time_point{std::chrono::seconds{at.tv_sec} + std::chrono::nanoseconds{at.tv_nsec}};
  }

  const caf::actor_clock& system_;
  const caf::detail::test_actor_clock* told_;
};

} // namespace aiex
