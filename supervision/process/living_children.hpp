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
  /// Null if there is none.
  caf::actor at(std::uint64_t key) const {
    const auto found = all_.find(key);
    return found == all_.end() ? caf::actor{} : found->second;
  }
  bool contains(std::uint64_t key) const { return all_.contains(key); }

  /// Killed at once if their supervisor is no more.
  void emplace(std::uint64_t key, const caf::actor& child);

  void erase(std::uint64_t key);

  /// All, now and later. Thread: any.
  void kill_all();

private:
  using children = std::unordered_map<std::uint64_t, caf::actor>;

  std::mutex lock_; // for changes, and for other threads
  children all_;
  bool is_over_ = false;
};

} // namespace aiex
