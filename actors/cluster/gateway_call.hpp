// The meeting point of a waiting thread and the actor that asks for it.
#pragma once

#include "aiex/actors/runtime/gateway_protocol.hpp"

#include <caf/actor.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

namespace aiex {

/// Wakes a thread that waits in `wait_until`. An eventfd, because its write is one of the few
/// things a signal handler may do.
class wake_signal {
public:
  wake_signal(); ///< Throws std::system_error if the process has no descriptor left.
  ~wake_signal();
  wake_signal(const wake_signal&) = delete;
  wake_signal& operator=(const wake_signal&) = delete;

  /// Any thread, and signal handlers.
  void wake() noexcept;

  /// True once woken since the last wait ended, false at `deadline`. One thread at a time.
  bool wait_until(std::chrono::steady_clock::time_point deadline) noexcept;

private:
  int fd_;
};

using gateway_question = std::variant<gateway_hello, gateway_request>;
using gateway_answer = result<std::variant<gateway_welcome, gateway_reply>>;

/// One question at a time travels from a thread to the actor, its answer back. Any thread.
class gateway_exchange {
public:
  /// What the actor is to ask, and the number its answer must bear.
  struct errand {
    std::uint64_t number = 0;
    gateway_question question;
    std::chrono::milliseconds deadline{};
  };

  /// Lays down a question; whatever was open before is forgotten, its answer too.
  void ask(gateway_question question, std::chrono::milliseconds deadline);
  std::optional<gateway_answer> take_answer();
  void forget();

  // the actor's side
  std::optional<errand> take_errand();
  void answer(std::uint64_t number, gateway_answer answer);
  void lost(error why); ///< Answers the open question, and each later one, with `why`.
  void ended();         ///< The actor is no more.
  bool has_ended() const;

  wake_signal& signal() noexcept { return signal_; }

private:
  mutable std::mutex lock_; // guards all below
  std::uint64_t number_ = 0;
  std::optional<errand> errand_; // laid down, not yet taken
  bool open_ = false;            // laid down, not yet answered
  std::optional<gateway_answer> answer_;
  bool lost_ = false;
  bool ended_ = false;

  wake_signal signal_;
};

/// Asks `gateway` what the exchange has, at each `caf::tick_atom`, one after the other. Monitors
/// it: its end, or the link's, answers the open question at once.
caf::behavior gateway_caller(
  caf::event_based_actor* self, caf::actor gateway, std::shared_ptr<gateway_exchange> exchange);

} // namespace aiex
