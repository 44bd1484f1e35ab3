#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

namespace aiex {

/// Lets reads in until as many wait for the readers as may: a mailbox has no limit of its own. Any
/// thread.
class read_gate : public std::enable_shared_from_this<read_gate> {
public:
  static constexpr std::size_t reads_max_default = 8'192;

  /// A place in the queue, given back when the last copy of the message that carries it is gone.
  class permit {
  public:
    explicit permit(std::shared_ptr<read_gate> gate) : gate_(std::move(gate)) {}
    ~permit() { gate_->reads_.fetch_sub(1, std::memory_order_relaxed); }
    permit(const permit&) = delete;
    permit& operator=(const permit&) = delete;

  private:
    std::shared_ptr<read_gate> gate_;
  };

  explicit read_gate(std::size_t reads_max = reads_max_default) : reads_max_(reads_max) {}

  /// Nothing if the queue is full.
  std::shared_ptr<const permit> enter() {
    const std::size_t before = reads_.fetch_add(1, std::memory_order_relaxed);
    auto place = std::make_shared<const permit>(shared_from_this());
    return before < reads_max_ ? place : nullptr; // a refused one leaves at once
  }

  std::size_t reads() const noexcept { return reads_.load(std::memory_order_relaxed); }
  std::size_t most() const noexcept { return reads_max_; }

private:
  std::size_t reads_max_;
  std::atomic<std::size_t> reads_{0};
};

/// What a read carries besides its query: its place, and when nobody waits for its answer any more.
struct read_ticket {
  std::shared_ptr<const read_gate::permit> permit{};
  std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
};

} // namespace aiex
