// Whether a writer commits what it has at once, or a moment later because more is about to come.
//
// Who was just answered often appends again. If the writer begins the next group before they come,
// writers fall into two halves that take turns, and each sync of the disk serves only one of them.
// So it waits until nearly as many have come as were there. That pays as long as it takes less than
// half a commit; so it ends after a third of one, and is left out for a while where those who were
// answered do not come back.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace aiex {

/// Knows no actor and reads no clock. Thread: one at a time.
class group_gathering {
public:
  using duration = std::chrono::steady_clock::duration;

  /// Appends that were there; fewer are not waited for.
  static constexpr std::size_t worth_from = 4;
  static constexpr int share_of_commit = 3;                 ///< It waits up to a third of a commit,
  static constexpr std::chrono::milliseconds wait_max{4};   ///< and never longer.
  static constexpr std::uint32_t pause_after_miss_max = 16; ///< Commits without waiting.

  /// A group of `appends` was committed, and answered; it took so long.
  void committed(std::size_t appends, duration took);

  /// Asked before the next group is committed: how long to wait for more at most; nothing if not at
  /// all. `waiting` have come while the last commit went on.
  std::optional<duration> begin(std::size_t waiting);

  /// Whether it is being waited.
  bool is_on() const noexcept { return expected_ > 0; }

  /// Whether so many are worth no more waiting. Precondition: `is_on`.
  bool is_enough(std::size_t waiting) const noexcept { return waiting >= expected_; }

  /// The waiting is over, and so many are there. Precondition: `is_on`.
  void end(std::size_t waiting);

private:
  std::size_t answered_ = 0; // by the last commit; 0: nobody is waited for
  duration took_{};
  std::size_t began_with_ = 0;
  std::size_t expected_ = 0;     // 0: it is not being waited
  std::uint32_t pause_ = 0;      // commits until it is tried again
  std::uint32_t next_pause_ = 1; // if it fails again
};

} // namespace aiex
