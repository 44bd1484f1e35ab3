// Who is who among the processes that a tree keeps alive: for those who look on from outside, a
// watchdog or a node that is to end.
#pragma once

#include "aiex/supervision/process/process_activity.hpp"
#include "aiex/supervision/process/process_life.hpp"

#include <caf/actor.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace aiex {

/// Does not keep the actor.
struct process_entry {
  std::uint64_t actor = 0; ///< Its id.
  std::string path;
  std::uint64_t restarts = 0; ///< Of the child, when this actor was started.
  std::chrono::milliseconds handler_limit{};
  bool has_thread = false; ///< Of its own: it is detached.
  std::shared_ptr<const process_life> life;
  std::shared_ptr<const process_activity> activity;
};

using process_entry_pointer = std::shared_ptr<const process_entry>;

/// Supervisors enter their children here, and who starts the top of a tree enters that. An entry
/// goes when its actor has ended, and the handler has returned that was running then. So it holds
/// no more than what lives, and a handler for each thread. Thread: any.
class process_table : public std::enable_shared_from_this<process_table> {
public:
  /// It has to be shared.
  static std::shared_ptr<process_table> make() {
    return std::shared_ptr<process_table>{new process_table};
  }

  /// Nothing if it is no process of ours, which cannot be looked at.
  void enter(const caf::actor& child, std::string path, std::chrono::milliseconds handler_limit,
    std::uint64_t restarts = 0);

  /// Null if there is none.
  process_entry_pointer find(std::uint64_t actor) const;

  /// Those that do not share the workers' threads; few, as each costs a thread.
  std::vector<process_entry_pointer> with_threads() const;

  /// Those that are dead, and a handler of theirs has still not returned.
  std::vector<process_entry_pointer> dead_in_handler();

  /// All, in no order.
  std::vector<process_entry_pointer> list() const;

private:
  using entries = std::unordered_map<std::uint64_t, process_entry_pointer>;
  struct shard {
    mutable std::mutex lock; // guards what is below
    entries all;
  };
  static constexpr std::size_t shards_count = 16;

  process_table() = default;
  void on_end(std::uint64_t actor);
  shard& shard_of(std::uint64_t actor) { return shards_[actor % shards_count]; }
  const shard& shard_of(std::uint64_t actor) const { return shards_[actor % shards_count]; }

  std::array<shard, shards_count> shards_;
  shard with_threads_;
  shard dead_; // also in no shard any more
};

} // namespace aiex
