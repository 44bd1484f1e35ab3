#pragma once

#include <caf/actor.hpp>

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace aiex {

/// The children of a supervisor that run. It alone changes them, so it looks without a lock. Who
/// ends it kills them, in whatever thread: then it can have no more.
class living_children {
public:
  using children = std::unordered_map<std::uint64_t, caf::actor>;

  auto find(std::uint64_t key) const { return all_.find(key); }
  auto end() const { return all_.end(); }
  bool contains(std::uint64_t key) const { return all_.contains(key); }

  /// Killed at once if their supervisor is no more.
  void emplace(std::uint64_t key, const caf::actor& child);

  void erase(std::uint64_t key);

  /// All, now and later. Thread: any.
  void kill_all();

private:
  std::mutex lock_; // for changes, and for other threads
  children all_;
  bool is_over_ = false;
};

} // namespace aiex
