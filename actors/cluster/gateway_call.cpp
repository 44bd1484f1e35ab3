#include "aiex/actors/cluster/gateway_call.hpp"

#include "aiex/actors/runtime/message_types.hpp"

#include <caf/sec.hpp>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace aiex {

namespace {

constexpr std::chrono::milliseconds poll_turn_max{60'000}; // poll counts in int

} // namespace

// -- wake_signal ---------------------------------------------------------------------------------

wake_signal::wake_signal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0)
    throw std::system_error(errno, std::generic_category(), "eventfd");
}

wake_signal::~wake_signal() {
  ::close(fd_);
}

void wake_signal::wake() noexcept {
  const int before = errno; // a signal handler must leave it as it was
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
  errno = before;
}

bool wake_signal::wait_until(std::chrono::steady_clock::time_point deadline) noexcept {
  for (;;) {
    const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto turn = std::clamp(left, std::chrono::milliseconds{0}, poll_turn_max);
    pollfd event{fd_, POLLIN, 0};
    const int ready = ::poll(&event, 1, static_cast<int>(turn.count()));
    if (ready > 0) {
      std::uint64_t count = 0;
      [[maybe_unused]] const auto read = ::read(fd_, &count, sizeof count);
      return true;
    }
    if (left.count() <= 0)
      return false;
  }
}

// -- gateway_exchange ----------------------------------------------------------------------------

void gateway_exchange::ask(gateway_question question, std::chrono::milliseconds deadline) {
  const std::lock_guard lock(lock_);
  answer_.reset();
  open_ = true;
  errand_ = errand{++number_, std::move(question), deadline};
  if (lost_) {
    open_ = false;
    errand_.reset();
    answer_ = fail(errc::unreachable, "the link to the node is gone; connect again");
    signal_.wake();
  }
}

std::optional<gateway_answer> gateway_exchange::take_answer() {
  const std::lock_guard lock(lock_);
  return std::exchange(answer_, std::nullopt);
}

void gateway_exchange::forget() {
  const std::lock_guard lock(lock_);
  open_ = false;
  errand_.reset();
  answer_.reset();
}

std::optional<gateway_exchange::errand> gateway_exchange::take_errand() {
  const std::lock_guard lock(lock_);
  return std::exchange(errand_, std::nullopt);
}

void gateway_exchange::answer(std::uint64_t number, gateway_answer answer) {
  const std::lock_guard lock(lock_);
  if (!open_ || number != number_)
    return; // nobody waits for it any more
  open_ = false;
  answer_ = std::move(answer);
  signal_.wake();
}

void gateway_exchange::lost(error why) {
  const std::lock_guard lock(lock_);
  lost_ = true;
  errand_.reset();
  if (!std::exchange(open_, false))
    return;
  answer_ = tl::unexpected(std::move(why));
  signal_.wake();
}

void gateway_exchange::ended() {
  const std::lock_guard lock(lock_);
  ended_ = true;
  signal_.wake();
}

bool gateway_exchange::has_ended() const {
  const std::lock_guard lock(lock_);
  return ended_;
}

// -- the actor -----------------------------------------------------------------------------------

namespace {

error node_went_away() {
  return {errc::unknown_outcome,
    "the node went away before it answered; whether it carried the request out is not known. "
    "Connect again and look",
    0};
}

error no_reply(const caf::error& reason, std::chrono::milliseconds deadline) {
  if (reason == caf::sec::request_timeout)
    return {errc::time_out,
      "no reply within " + std::to_string(deadline.count()) +
        " ms; the request may still be carried out",
      0};
  return {errc::unknown_outcome, "the node's gateway failed: " + caf::to_string(reason), 0};
}

} // namespace

caf::behavior gateway_caller(
  caf::event_based_actor* self, caf::actor gateway, std::shared_ptr<gateway_exchange> exchange) {
  self->attach_functor([exchange] { exchange->ended(); });
  self->set_down_handler([exchange](const caf::down_msg&) { exchange->lost(node_went_away()); });
  self->monitor(gateway);

  return {
    [self, gateway, exchange](caf::tick_atom) {
      auto errand = exchange->take_errand();
      if (!errand)
        return;
      std::visit(
        [&](auto& question) {
          using question_type = std::decay_t<decltype(question)>;
          using answer_type = std::conditional_t<std::is_same_v<question_type, gateway_hello>,
            gateway_welcome, gateway_reply>;
          // CAF's own request: it monitors the gateway, and answers for its end.
          self->request(gateway, errand->deadline, std::move(question))
            .then([exchange, number = errand->number](
                    answer_type& answer) { exchange->answer(number, std::move(answer)); },
              [exchange, number = errand->number, deadline = errand->deadline](
                const caf::error& reason) {
                exchange->answer(number, tl::unexpected(no_reply(reason, deadline)));
              });
        },
        errand->question);
    },
  };
}

} // namespace aiex
