// The way of entries into log and state:
//
//   log appended, synced ──┐
//                          ├── state committed
//   the state's rows put ──┘
//
// The state is committed after the log is durable, so that losing it loses nothing. Its rows are
// put on another thread while this one waits for the disk: nobody sees them before, and if the log
// fails they are dropped.
#pragma once

#include "aiex/persistence/consensus/entry.hpp"
#include "aiex/persistence/state/state.hpp"
#include "aiex/persistence/store/store_media.hpp"

#include <cstddef>
#include <span>

namespace aiex {

/// What whoever appends is told.
error no_room_for_append();

/// From so many events on, putting their rows takes longer than handing them to another thread.
inline constexpr std::size_t events_beside_from = 8;

/// Puts entries behind the log's last one, durable when this returns. Errors: store_full, nothing
/// was written; else the store has failed: what became of them is known after the next start.
result<void> put_in_log(const store_media& media, std::span<const consensus::entry> entries);

/// The same for one entry that is committed as soon as it is durable: it is visible, too, and where
/// the state ends then is answered. `streams` as `apply` takes them. Precondition: it follows the
/// state's head. Errors: the same.
result<chain_end> put_in_both(
  const store_media& media, const consensus::entry& entry, found_streams streams);

} // namespace aiex
