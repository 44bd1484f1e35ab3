#include "aiex/interrupt.hpp"

#include "aiex/actors/cluster/gateway_call.hpp"
#include "aiex/exit_code.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace aiex::tool {

namespace {

// A signal handler reaches nothing else.
std::atomic<gateway_client*> running = nullptr;
std::atomic<bool> interrupted = false;
std::atomic<wake_signal*> waker = nullptr;

/// Made before the first signal that it is to wake for, and never gone: a handler may run.
wake_signal& shared_waker() {
  static auto* const made = new wake_signal;
  return *made;
}

extern "C" void on_interrupt(int /*signal*/) {
  if (auto* client = running.load()) {
    interrupted = true;
    client->cancel();
    if (auto* signal = waker.load())
      signal->wake();
    return;
  }
  ::_exit(exit_interrupted);
}

} // namespace

void leave_on_interrupt() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
}

const std::atomic<bool>& interrupt_flag() noexcept {
  return interrupted;
}

cancel_on_interrupt::cancel_on_interrupt(gateway_client& client) {
  interrupted = false;
  waker = &shared_waker();
  before_ = running.exchange(&client);
}

cancel_on_interrupt::~cancel_on_interrupt() {
  running = before_;
}

bool cancel_on_interrupt::was_interrupted() const noexcept {
  return interrupted;
}

bool cancel_on_interrupt::wait_until(
  std::chrono::steady_clock::time_point deadline) const noexcept {
  while (!interrupted && shared_waker().wait_until(deadline)) {
    // woken for an earlier Ctrl-C: go on
  }
  return interrupted;
}

} // namespace aiex::tool
