// Ctrl-C: ends the program with 130, or in the shell only the call that is running.
#pragma once

#include "aiex/actors/cluster/gateway_client.hpp"

#include <atomic>
#include <chrono>

namespace aiex::tool {

/// From now on Ctrl-C ends the program, at once: nothing it does needs to be tidied up.
void leave_on_interrupt();

/// Whether Ctrl-C came since the last `cancel_on_interrupt` was made.
const std::atomic<bool>& interrupt_flag() noexcept;

/// For as long as it lives, Ctrl-C cancels the client's running call, if any, and nothing else.
/// They nest.
class cancel_on_interrupt {
public:
  explicit cancel_on_interrupt(gateway_client& client);
  ~cancel_on_interrupt();
  cancel_on_interrupt(const cancel_on_interrupt&) = delete;
  cancel_on_interrupt& operator=(const cancel_on_interrupt&) = delete;

  /// Whether Ctrl-C came since the newest of them was made.
  bool was_interrupted() const noexcept;

  /// Waits for Ctrl-C, which it may have come before, or for `deadline`. Answers was_interrupted().
  bool wait_until(std::chrono::steady_clock::time_point deadline) const noexcept;

private:
  gateway_client* before_;
};

} // namespace aiex::tool
