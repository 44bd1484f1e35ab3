// Whether a writer commits what it has at once, or a moment later because more is about to come.
//
// Who was just answered often appends again. If the writer begins the next group before they come,
// writers fall into two halves that take turns, and each sync of the disk serves only one of them.
// So it waits until nearly as many have come as were there, but only a small part of the time that
// a commit takes, and not at all where those who were answered do not come back.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace aiex {

/// Knows no actor and reads no clock. Thread: one at a time.
class group_gathering {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::size_t worth_from =
    4;                                      ///< Appends that were there; fewer are not waited for.
  static constexpr int share_of_commit = 8; ///< It waits up to an eighth of a commit's time,
  static constexpr std::chrono::milliseconds wait_max{2};   ///< and never longer.
  static constexpr std::uint32_t pause_after_miss_max = 64; ///< Commits without waiting.

  /// A group of `appends` was committed from `began` to `ended`.
  void committed(std::size_t appends, time_point began, time_point ended);

  /// Whether to wait on, now that `waiting` are there. Asked for the first time after a commit, it
  /// takes them for those that have come while it went on.
  bool waits(std::size_t waiting, time_point now);

private:
  void expect(std::size_t waiting);
  void end(bool was_worth_it);

  std::size_t answered_ = 0; // by the last commit; 0: nobody is waited for
  std::size_t began_with_ = 0;
  std::size_t expected_ = 0; // 0: it was not asked yet since the last commit
  time_point until_{};
  std::uint32_t pause_ = 0;      // commits until it is tried again
  std::uint32_t next_pause_ = 1; // if it fails again
};

} // namespace aiex
