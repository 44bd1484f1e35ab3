// What a worker is in, and what it is to do next: written by it, looked at by others.
#pragma once

#include <caf/fwd.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace aiex {

/// A worker has been in an actor since it was given to it; the same stay has the same number.
struct worker_turn {
  std::size_t worker = 0;
  std::uint64_t number = 0;
  std::uint64_t actor = 0; ///< Its id; 0: something else than an actor.

  bool operator==(const worker_turn&) const = default;
};

/// The stay is a sequence lock, odd during it; the job to do next one pointer. In a line of the
/// cache of its own, as it is written twice a turn.
class alignas(64) worker_slot {
public:
  /// `spare` counts the spare workers from 1; 0: it is none.
  worker_slot(std::size_t worker, std::size_t spare) : worker_(worker), spare_(spare) {}
  std::size_t spare() const noexcept { return spare_; }

  /// Thread: the worker's, as `leaves` and `hand_on`.
  void enters(std::uint64_t actor) noexcept {
    actor_.store(actor, std::memory_order_relaxed);
    sequence_.store(sequence_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  void leaves() noexcept {
    sequence_.store(sequence_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release); // before what the next stay writes
  }

  /// Any thread. A stay that ends while one looks is none.
  std::optional<worker_turn> current() const noexcept {
    const std::uint64_t sequence = sequence_.load(std::memory_order_acquire);
    const worker_turn seen{worker_, sequence / 2 + 1, actor_.load(std::memory_order_relaxed)};
    std::atomic_thread_fence(std::memory_order_acquire);
    const bool is_sound =
      sequence % 2 == 1 && sequence_.load(std::memory_order_relaxed) == sequence;
    return is_sound ? std::optional{seen} : std::nullopt;
  }

  /// What the worker does when its stay is over. False: there is something already.
  bool hand_on(caf::resumable* job) noexcept {
    if (has_next())
      return false;
    next_.store(job); // in one order with what is read behind it: whether anybody looks
    return true;
  }
  /// Any thread: whoever gets it does it. Null: there is nothing.
  caf::resumable* take() noexcept {
    return has_next() ? next_.exchange(nullptr, std::memory_order_acquire) : nullptr;
  }
  bool has_next() const noexcept { return next_.load() != nullptr; }

private:
  const std::size_t worker_;
  const std::size_t spare_;
  std::atomic<std::uint64_t> sequence_{0};
  std::atomic<std::uint64_t> actor_{0};
  std::atomic<caf::resumable*> next_{nullptr};
};

} // namespace aiex
