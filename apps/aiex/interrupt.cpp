#include "aiex/interrupt.hpp"

#include "aiex/exit_code.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace aiex::tool {

namespace {

// A signal handler reaches nothing else.
std::atomic<gateway_client*> running = nullptr;
std::atomic<bool> interrupted = false;

extern "C" void on_interrupt(int /*signal*/) {
  if (auto* client = running.load()) {
    interrupted = true;
    client->cancel();
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
  before_ = running.exchange(&client);
}

cancel_on_interrupt::~cancel_on_interrupt() {
  running = before_;
}

bool cancel_on_interrupt::was_interrupted() const noexcept {
  return interrupted;
}

} // namespace aiex::tool
