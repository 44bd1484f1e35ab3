#pragma once

#include "aiex/supervision/process/message_type.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

/// Events of a trace: unless said otherwise, and at most. (OTP's log keeps ten, and has no most.)
inline constexpr std::size_t trace_events_default = 100;
inline constexpr std::size_t trace_events_max = 1'000;
/// Of what is told of a trace, or of a state.
inline constexpr std::size_t sys_bytes_max = 64 * 1024;
/// Then a trace ends by itself: nobody has to remember it.
inline constexpr std::chrono::minutes trace_time_max{10};

/// What became of a message. (Of one with which the actor has ended nobody can ask any more.)
enum class trace_outcome : std::uint8_t {
  handled,  ///< By its handler, or dropped because there is none.
  put_back, ///< It waits until another has been handled.
};

/// "handled", "put_back".
std::string_view name(trace_outcome what) noexcept;

/// As it is kept.
struct trace_note {
  std::chrono::steady_clock::time_point at;
  message_type message;
  std::uint64_t sender = 0; ///< The actor's id; 0: nobody is known.
  std::chrono::nanoseconds took{};
  trace_outcome outcome{};
};

/// As it is told.
struct traced_event {
  std::chrono::steady_clock::time_point at; ///< When its turn began.
  std::string message;                      ///< See `text_of(message_type)`.
  std::uint64_t sender = 0;
  std::chrono::microseconds took{};
  trace_outcome outcome{};

  bool operator==(const traced_event&) const = default;
};

struct process_trace {
  bool is_on = false;
  std::vector<traced_event> events{}; ///< The oldest first.
  std::uint64_t left_out = 0;         ///< Older ones, for which there was no room.
};

/// The last events of a trace. Reads no clock. Thread: the actor's.
class trace_ring {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Begins, or goes on for as long again with what it has. `events_max`: 1 to `trace_events_max`.
  void begin(std::size_t events_max, time_point now);

  /// Forgets all.
  void end();

  /// Whether it takes notes. Not when its time is over: what it has stays, to be read.
  bool is_on(time_point now) const { return events_max_ > 0 && now < until_; }

  /// Whether it is on or not. The oldest goes if there are too many.
  void note(const trace_note& event);

  /// The newest, as many as `sys_bytes_max` has room for.
  process_trace told(time_point now) const;

private:
  void shorten();

  std::size_t events_max_ = 0; ///< 0: it was not begun.
  time_point until_{};
  std::deque<trace_note> notes_; // the oldest first
  std::uint64_t forgotten_ = 0;
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::process_trace)
