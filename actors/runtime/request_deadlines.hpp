// Deadlines of requests for which CAF's own would cost too much.
//
// A request with a time-out leaves a timer in CAF's clock, which nobody takes out when the answer
// comes: the clock's thread wakes for each, and at 80,000 requests a second with 30 seconds each,
// 2.4 million of them lie there. Here an answer strikes its deadline out, one timer serves all that
// is open, and in a store that answers it fires once in a time-out.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_system.hpp>
#include <caf/duration.hpp>
#include <caf/error.hpp>
#include <caf/message_id.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace aiex {

class deadline_book;

/// Shared by those who ask; copies refer to the same. Any thread. Must not outlive its system.
class request_deadlines {
public:
  /// Without a system, as a place that is never used.
  request_deadlines() = default;
  explicit request_deadlines(caf::actor_system& system);

  /// Asks `to` as `self->request(…).then(…)` does: calls `on_answer(Answer&)` or, if it ends first
  /// or does not answer in time, `on_error(const caf::error&)`, in `self`.
  template <class Answer, class Self, class Message, class OnAnswer, class OnError>
  void request(Self* self, const caf::actor& to, std::chrono::milliseconds timeout, Message message,
    OnAnswer on_answer, OnError on_error) const {
    const auto asked = self->request(to, caf::infinite, std::move(message));
    const auto entry = open(self->address(), asked.id(), self->clock().now() + timeout);
    asked.then(
      [book = book_, entry, on_answer](Answer& answer) mutable {
        strike_out(*book, entry);
        on_answer(answer);
      },
      [book = book_, entry, on_error](const caf::error& why) mutable {
        strike_out(*book, entry);
        on_error(why);
      });
  }

  /// How many requests wait for an answer.
  std::size_t open_requests() const;

private:
  using time_point = std::chrono::steady_clock::time_point;

  std::uint64_t open(caf::actor_addr who, caf::message_id answer, time_point due) const;
  static void strike_out(deadline_book& book, std::uint64_t entry);

  std::shared_ptr<deadline_book> book_;
};

} // namespace aiex
