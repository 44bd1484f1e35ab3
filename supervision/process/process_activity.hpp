// What a process is doing, and what it has done, for who looks on from outside: a watchdog, `ps`.
// It is there also while the process does not come back from a handler, and after its end.
#pragma once

#include "aiex/supervision/process/message_type.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <typeinfo>

namespace aiex {

/// Written by the actor's thread (`comes_in`: by those of senders), read by any; no lock, nobody
/// waits. It reads no clock: times are the ones it is told. Actors tell it those of `turn_clock`.
class process_activity {
public:
  using clock = std::chrono::steady_clock;

  /// One stay in the actor: a message that it handles, or its beginning.
  struct turn {
    std::uint64_t number; ///< 1, 2, 3… : the same turn has the same number.
    clock::time_point began;
    message_type handles;
  };

  /// Each is right by itself; together they are of about one moment.
  struct totals {
    clock::time_point started;
    std::uint64_t messages_in;         ///< Let into the mailbox.
    std::uint64_t handled;             ///< Done with, whatever came of it.
    std::chrono::nanoseconds in_turns; ///< All turns together.
    std::chrono::nanoseconds turn_longest;

    bool operator==(const totals&) const = default;
  };

  explicit process_activity(clock::time_point started) noexcept : started_(started) {}

  /// A message was let in. Thread: the sender's.
  void comes_in() noexcept { messages_in_.fetch_add(1, std::memory_order_relaxed); }

  /// A turn begins; without a message, a start. Thread: the actor's, also below. Turns do not nest.
  void begins(const message_type& handles, clock::time_point now) noexcept {
    began_.store(number_of(now), std::memory_order_relaxed);
    token_.store(handles.token, std::memory_order_relaxed);
    own_.store(handles.own, std::memory_order_relaxed);
    move_on(std::memory_order_release);
  }

  /// It is over. `was_handled`: not if the message goes back to where it waited.
  void ends(clock::time_point now, bool was_handled = true) noexcept {
    if (const std::int64_t took = number_of(now) - began_.load(std::memory_order_relaxed); took > 0)
      note(took);
    if (!was_handled)
      add(turns_of_no_message_, std::uint64_t{1});
    move_on(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release); // before what the next turn writes
  }

  void suspends(bool is_suspended) noexcept {
    is_suspended_.store(is_suspended, std::memory_order_relaxed);
  }

  /// Thread: any.
  bool is_suspended() const noexcept { return is_suspended_.load(std::memory_order_relaxed); }

  /// What it is doing; nothing while it is idle, or between two turns. Thread: any.
  std::optional<turn> current() const noexcept;

  /// Thread: any.
  totals so_far() const noexcept;

  /// Messages in the mailbox, without the one that is being handled; of an actor that has ended,
  /// those that were never handled. Thread: any; about right while it works.
  std::uint64_t waiting() const noexcept;

private:
  static std::int64_t number_of(clock::time_point at) noexcept {
    return std::chrono::nanoseconds{at.time_since_epoch()}.count();
  }
  static clock::time_point point_of(std::int64_t number) noexcept {
    return clock::time_point{std::chrono::nanoseconds{number}};
  }

  // Who is the only one to write loads and stores, which costs less than to add.
  template <class Number>
  static void add(std::atomic<Number>& to, Number what) noexcept {
    to.store(to.load(std::memory_order_relaxed) + what, std::memory_order_relaxed);
  }
  void move_on(std::memory_order order) noexcept {
    sequence_.store(sequence_.load(std::memory_order_relaxed) + 1, order);
  }
  void note(std::int64_t took) noexcept;
  std::uint64_t handled() const noexcept;

  const clock::time_point started_;
  std::atomic<std::uint64_t> messages_in_{0};
  // Odd in a turn: guards the three below it as a sequence lock does.
  std::atomic<std::uint64_t> sequence_{0};
  std::atomic<std::int64_t> began_{0};
  std::atomic<std::uint32_t> token_{0};
  std::atomic<const std::type_info*> own_{nullptr};
  std::atomic<std::uint64_t> turns_of_no_message_{0}; ///< Starts, and what was put back.
  std::atomic<std::int64_t> in_turns_{0};
  std::atomic<std::int64_t> turn_longest_{0};
  std::atomic<bool> is_suspended_{false};
};

/// "12.3 s", for people.
std::string seconds_text(std::chrono::milliseconds time);

} // namespace aiex
