#include "aiex/supervision/process/process_activity.hpp"

namespace aiex {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

/// How often a look is taken again when a turn ended while it was taken.
constexpr int looks_max = 4;

bool is_in_turn(std::uint64_t sequence) {
  return sequence % 2 == 1;
}

} // namespace

void process_activity::note(std::int64_t took) noexcept {
  add(in_turns_, took);
  if (took > turn_longest_.load(relaxed))
    turn_longest_.store(took, relaxed);
}

std::optional<process_activity::turn> process_activity::current() const noexcept {
  for (int look = 0; look < looks_max; ++look) {
    const std::uint64_t sequence = sequence_.load(std::memory_order_acquire);
    if (!is_in_turn(sequence))
      return std::nullopt;
    const turn seen{
      sequence / 2 + 1, point_of(began_.load(relaxed)), {token_.load(relaxed), own_.load(relaxed)}};
    std::atomic_thread_fence(std::memory_order_acquire);
    if (sequence_.load(relaxed) == sequence)
      return seen;
  }
  return std::nullopt;
}

process_activity::totals process_activity::so_far() const noexcept {
  return {started_, messages_in_.load(relaxed), handled(),
    std::chrono::nanoseconds{in_turns_.load(relaxed)},
    std::chrono::nanoseconds{turn_longest_.load(relaxed)}};
}

std::uint64_t process_activity::handled() const noexcept {
  const std::uint64_t others = turns_of_no_message_.load(relaxed);
  const std::uint64_t turns = sequence_.load(std::memory_order_acquire) / 2;
  return turns > others ? turns - others : 0;
}

std::uint64_t process_activity::waiting() const noexcept {
  const message_type handles{token_.load(relaxed), own_.load(relaxed)};
  const bool handles_one = is_in_turn(sequence_.load(relaxed)) && handles.is_message();
  const std::uint64_t done = handled() + (handles_one ? 1U : 0U);
  const std::uint64_t in = messages_in_.load(relaxed);
  return in > done ? in - done : 0;
}

std::string seconds_text(std::chrono::milliseconds time) {
  const auto tenths = time.count() / 100;
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
}

} // namespace aiex
