// The way of an entry into log and state:
//
//   log appended, synced ──┐
//                          ├── state committed
//   the state's rows put ──┘
//
// The state is committed after the log is durable, so that losing it loses nothing. Its rows are
// put on another thread while this one waits for the disk: nobody sees them before, and if the log
// fails they are dropped.
#pragma once

#include "aiex/persistence/log/entry_chain.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/store/store_media.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace aiex {

/// Thread: the writer's.
class entry_commit {
public:
  /// From so many events on, putting their rows takes longer than handing them to another thread.
  static constexpr std::size_t events_beside_from = 8;

  /// Behind the last entry of the log. Precondition: the state is caught up with the log. Errors:
  /// corrupt, also if the state does not say so; io.
  static result<entry_commit> behind(const store_media& media);

  /// Where the log ends. The state says it too, but is only compared with it and never believed.
  const chain_end& end() const noexcept { return end_; }

  /// Whether the state ends there. If not, the store has failed: nothing may be decided on it.
  result<void> check(const table_reader& tables);

  /// Puts the entry, durable and visible when this returns. `streams` as `apply` takes them.
  /// Errors: store_full, nothing was written; else the store has failed: what became of the entry
  /// is known after the next start.
  result<void> put(
    const store_media& media, const std::string& entry, std::size_t events, found_streams streams);

  /// Why nothing can be put any more.
  const std::optional<error>& failure() const noexcept { return failure_; }

private:
  explicit entry_commit(const chain_end& end) : end_(end) {}

  chain_end end_;
  std::optional<error> failure_;
};

} // namespace aiex
