#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace aiex {

/// Lets snapshots on their way to the models writer, as many bytes as may wait there: a mailbox has
/// no limit of its own, and a snapshot that is not taken costs a longer replay and nothing else.
/// Any thread.
class snapshot_gate : public std::enable_shared_from_this<snapshot_gate> {
public:
  static constexpr std::size_t bytes_max_default = 64 << 20;

  /// Room for a snapshot, given back when the last copy of the message that carries it is gone.
  class permit {
  public:
    permit(std::shared_ptr<snapshot_gate> gate, std::size_t bytes)
        : gate_(std::move(gate)), bytes_(bytes) {}
    ~permit() { gate_->bytes_.fetch_sub(bytes_, std::memory_order_relaxed); }
    permit(const permit&) = delete;
    permit& operator=(const permit&) = delete;

  private:
    std::shared_ptr<snapshot_gate> gate_;
    std::size_t bytes_;
  };

  explicit snapshot_gate(std::size_t bytes_max = bytes_max_default) : bytes_max_(bytes_max) {}

  /// Nothing, and counted, if there is no room. One alone always fits.
  std::shared_ptr<const permit> enter(std::size_t bytes) {
    const std::size_t held = bytes_.fetch_add(bytes, std::memory_order_relaxed);
    auto room = std::make_shared<const permit>(shared_from_this(), bytes);
    if (held == 0 || held + bytes <= bytes_max_)
      return room;
    skipped_.fetch_add(1, std::memory_order_relaxed);
    return nullptr; // a refused one leaves at once
  }

  std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
  std::uint64_t skipped() const noexcept { return skipped_.load(std::memory_order_relaxed); }

private:
  std::size_t bytes_max_;
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::uint64_t> skipped_{0};
};

} // namespace aiex
