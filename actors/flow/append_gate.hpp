#pragma once

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/log/append.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace aiex {

/// Lets appends in until as many wait as may: a mailbox has no limit of its own. Any thread.
class append_gate {
public:
  struct limit {
    std::size_t appends = limits::appends_waiting_max;
    std::size_t bytes = limits::bytes_waiting_max;
  };

  /// A place in the queue, given back when the last copy of the message that carries it is gone.
  class permit {
  public:
    permit(std::shared_ptr<append_gate> gate, std::size_t bytes)
        : gate_(std::move(gate)), bytes_(bytes) {}
    ~permit() { gate_->leave(bytes_); }
    permit(const permit&) = delete;
    permit& operator=(const permit&) = delete;

  private:
    std::shared_ptr<append_gate> gate_; // an answer may be on its way when the store has ended
    std::size_t bytes_;
  };

  explicit append_gate(limit most) : most_(most) {}
  append_gate() : append_gate(limit{}) {}

  /// Nothing if the queue is full.
  static std::shared_ptr<permit> enter(
    const std::shared_ptr<append_gate>& gate, const append_request& request) {
    std::size_t bytes = 0;
    for (const append_part& part : request.parts)
      for (const event& each : part.events)
        bytes += each.data.size() + each.metadata.size() + each.type.size();
    const std::size_t before = gate->appends_.fetch_add(1, std::memory_order_relaxed);
    const std::size_t held = gate->bytes_.fetch_add(bytes, std::memory_order_relaxed);
    auto place = std::make_shared<permit>(gate, bytes);
    const limit& most = gate->most_;
    const bool fits = before < most.appends && (held == 0 || held + bytes <= most.bytes);
    return fits ? place : nullptr; // a refused one leaves at once
  }

  std::size_t appends() const noexcept { return appends_.load(std::memory_order_relaxed); }
  std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
  limit most() const noexcept { return most_; }

private:
  void leave(std::size_t bytes) noexcept {
    appends_.fetch_sub(1, std::memory_order_relaxed);
    bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  limit most_;
  std::atomic<std::size_t> appends_{0};
  std::atomic<std::size_t> bytes_{0};
};

} // namespace aiex
