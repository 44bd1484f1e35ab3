#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace aiex {

/// How long a child that has ended waits before it is started again. The nth time in a row it is
/// `least` times 2^(n-1), at most `most`; of that up to `jitter` (0 to 1) is left out at random, so
/// that many that have lost the same thing do not all come back at once. Who has run for `most`
/// begins anew. OTP has none; the words are those of Akka's BackoffSupervisor.
struct restart_backoff {
  std::chrono::milliseconds least{100};
  std::chrono::milliseconds most{30'000};
  double jitter = 0.2;

  bool operator==(const restart_backoff&) const = default;
};

/// As `restart_backoff::most`.
inline constexpr std::chrono::milliseconds restart_backoff_max = std::chrono::hours{1};

/// 1 ms <= least <= most <= `restart_backoff_max`, and 0 <= jitter <= 1.
bool is_sound(const restart_backoff& how) noexcept;

/// Before the `nth` restart in a row, the first is 1. `random`: in [0, 1).
std::chrono::milliseconds delay_of(
  const restart_backoff& how, std::uint32_t nth, double random) noexcept;

/// For the random numbers of who has this id: supervisors that begin together draw others.
constexpr std::uint32_t seed_of(std::uint64_t id) noexcept {
  return static_cast<std::uint32_t>((id + 1) * 0x9e3779b97f4a7c15U >> 32);
}

/// How many restarts of one child have come in a row.
class restart_row {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// It has ended. Returns the number of the restart that is due.
  std::uint32_t on_ended(const restart_backoff& how, time_point now);

  /// It was to be started again, and could not.
  std::uint32_t on_failed() { return ++count_; }

  void on_restart(time_point now) { began_ = now; }

private:
  std::uint32_t count_ = 0;
  std::optional<time_point> began_; ///< When it was last restarted.
};

} // namespace aiex
