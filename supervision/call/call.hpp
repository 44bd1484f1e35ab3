// Calls between actors: gen_server:call of OTP.
//
//   calls.call<int>(self, bank, 5s, balance_call{"ann"},
//     [](tl::expected<int, call_error> balance) { … });
//
// Each call hears exactly one answer or error, in the actor that called, after `call` has returned:
// the answer, that the time is over, or that who was called has ended, and why: at once, whether it
// had taken the call in already or not. What is first in the mailbox counts: an answer that lies
// there wins over the time-out, one that comes later is never heard. Nothing is searched in a
// mailbox, so a long one makes no call dearer.
//
// CAF's own requests leave a timer in its clock, which nobody takes out when the answer comes, and
// nobody answers for an actor that ends with a request in hand. Here one timer serves all calls,
// an answer strikes its deadline out, and each actor that is called is watched once.
#pragma once

#include "aiex/supervision/process/registry.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/behavior.hpp>
#include <caf/error.hpp>
#include <caf/message_id.hpp>
#include <tl/expected.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace aiex {

/// As many calls may be open in all copies of a `calls`, unless it was made with fewer.
inline constexpr std::size_t open_calls_max = 1'000'000;

/// How long a call waits, at most an hour. There is none for ever, and none by default.
class call_timeout {
public:
  static constexpr std::chrono::milliseconds longest = std::chrono::hours{1};

  /// Throws std::invalid_argument if it is longer than `longest`. A negative one is over at once.
  template <class Rep, class Period>
  constexpr call_timeout(std::chrono::duration<Rep, Period> time) // NOLINT: a time is a time-out
      : time_(in_milliseconds(time)) {}
  constexpr std::chrono::milliseconds time() const noexcept { return time_; }

private:
  template <class Rep, class Period>
  static constexpr std::chrono::milliseconds in_milliseconds(
    std::chrono::duration<Rep, Period> time) {
    // Before it is converted: the milliseconds of `hours::max()` are more than there are numbers.
    const std::chrono::duration<double> seconds = time;
    if (seconds > longest)
      throw std::invalid_argument{"a call may wait an hour at most; ask again instead"};
    return seconds.count() < 0 ? std::chrono::milliseconds{0}
                               : std::chrono::ceil<std::chrono::milliseconds>(time);
  }

  std::chrono::milliseconds time_;
};

enum class call_errc : std::uint8_t {
  time_out = 1, ///< No answer came in time. What was asked may still be done.
  no_process,   ///< Nobody of that name, or it had ended before it was called; `reason` is why.
  ended,        ///< It has ended without an answer; `reason` is why.
  node_down,    ///< Its node cannot be reached any more.
  calling_self, ///< An actor that waits for itself would wait for ever.
  overloaded,   ///< Too many calls are open; nothing was sent.
  refused,      ///< Its answer was an error: `reason`. It does not know the message, for one.
};

struct call_error {
  call_errc code;
  caf::error reason{};
};

/// For people: what, why, what to do.
std::string text(const call_error& why);

class call_desk;

/// Shared by those who call; copies refer to the same. Any thread. Must not outlive its system.
class calls {
public:
  /// Without a system, as a place that is never used.
  calls() = default;
  explicit calls(caf::actor_system& system, std::size_t calls_max = open_calls_max);

  /// Asks `to` and calls `then(tl::expected<Answer, call_error>)` in `self`, an event-based actor.
  /// `Answer` is void if it answers with nothing. `to` may be null: nobody. If `self` ends first,
  /// nothing more happens. Thread: `self`'s, also below. (A time that is too long has thrown before
  /// it comes here: see `call_timeout`.)
  template <class Answer, class Self, class Message, class Then>
  void call(
    Self* self, const caf::actor& to, call_timeout timeout, Message message, Then then) const {
    const auto request = self->new_request_id(caf::message_priority::normal);
    if (listen<Answer>(self, request, to, timeout, std::move(then)))
      to->eq_impl(
        request, caf::strong_actor_ptr{self->ctrl()}, self->context(), std::move(message));
  }

  /// The same by name.
  template <class Answer, class Self, class Message, class Then>
  void call(Self* self, const registry& names, std::string_view name, call_timeout timeout,
    Message message, Then then) const {
    call<Answer>(
      self, names.find(name).value_or(caf::actor{}), timeout, std::move(message), std::move(then));
  }

  /// Tells `whom` to end for `reason` and calls `then(tl::expected<void, call_error>)` in `self`
  /// when it has. An error if it ended for another reason (`ended`), not in time, or before. Who
  /// heeds only its supervisor, as a supervisor does, is not to be stopped so.
  template <class Self, class Then>
  void stop(
    Self* self, const caf::actor& whom, caf::error reason, call_timeout timeout, Then then) const {
    const auto request = self->new_request_id(caf::message_priority::normal);
    auto ended = [reason, then = std::move(then)](tl::expected<void, call_error> outcome) mutable {
      if (!outcome && outcome.error().code == call_errc::ended && outcome.error().reason == reason)
        outcome = {};
      then(std::move(outcome));
    };
    if (listen<void>(self, request, whom, timeout, std::move(ended)))
      tell_to_end(self->address(), whom, reason);
  }

  /// How many calls wait for an answer.
  std::size_t open_calls() const;

private:
  using book = std::shared_ptr<call_desk>;

  /// What is to be done when there is an answer.
  template <class Answer, class Self, class Then>
  struct open_call {
    book desk;
    std::uint64_t entry;
    caf::message_id answer;
    caf::actor_addr to; // weak: a call keeps nobody alive
    caf::actor kept;    // but the handle of a remote one, whose end would not come here without it
    Then then;

    using outcome = tl::expected<Answer, call_error>;

    static void wait(Self* self, std::shared_ptr<open_call> it) {
      const auto on_error = [self, it](const caf::error& why) {
        if (auto verdict = call_error_of(why, it->to))
          it->close(outcome{tl::unexpected(std::move(*verdict))});
        else
          wait(self, it);
      };
      if constexpr (std::is_void_v<Answer>)
        self->add_multiplexed_response_handler(
          it->answer, caf::behavior{[it] { it->close(outcome{}); }, on_error});
      else
        self->add_multiplexed_response_handler(it->answer,
          caf::behavior{[it](Answer& given) { it->close(outcome{std::move(given)}); }, on_error});
    }

    void close(outcome given) {
      strike_out(*desk, entry);
      then(std::move(given));
    }
  };

  /// False: nothing is to be sent, the error is on its way.
  template <class Answer, class Self, class Then>
  bool listen(Self* self, caf::message_id request, const caf::actor& to, call_timeout timeout,
    Then then) const {
    const caf::message_id answer = request.response_id();
    const auto entry = open(self->address(), answer, to, self->clock().now() + timeout.time());
    using opened = open_call<Answer, Self, Then>;
    const bool is_remote = to && to.node() != self->node();
    opened::wait(self, std::make_shared<opened>(opened{book_, entry.value_or(0), answer,
                         to.address(), is_remote ? to : caf::actor{}, std::move(then)}));
    return entry.has_value();
  }

  using time_point = std::chrono::steady_clock::time_point;

  std::optional<std::uint64_t> open(
    caf::actor_addr who, caf::message_id answer, const caf::actor& to, time_point due) const;
  static void strike_out(call_desk& desk, std::uint64_t entry);
  static void tell_to_end(
    const caf::actor_addr& who, const caf::actor& whom, const caf::error& reason);

  /// What an error in place of an answer says. Nothing: `to` is about to end, and its reason comes.
  static std::optional<call_error> call_error_of(const caf::error& why, const caf::actor_addr& to);

  book book_;
};

} // namespace aiex
