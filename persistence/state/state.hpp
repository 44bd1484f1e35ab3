// The derived state: all that is known of the log by anything but its index. It follows the log and
// holds nothing that the log does not: losing it loses nothing.
#pragma once

#include "aiex/persistence/base/digest.hpp"
#include "aiex/persistence/log/entry.hpp"
#include "aiex/persistence/log/entry_chain.hpp"
#include "aiex/persistence/storage/ordered_tables.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace aiex {

/// Where the state stands in the log: behind the last entry applied.
using state_head = chain_end;

struct stream_state {
  std::uint64_t number = 0;  ///< Position of its first event.
  std::uint64_t version = 0; ///< Of its last event.
  position last;
};

/// Where an event is.
struct posting {
  aiex::position position;
  std::uint64_t index = 0; ///< Of its entry.

  bool operator==(const posting&) const = default;
};

struct stored_command {
  std::uint64_t digest = 0;
  position first;
  std::uint64_t count = 0;
};

/// The newest configuration of members that was applied.
struct stored_members {
  std::uint64_t index = 0; ///< Of its entry.
  std::string bytes;       ///< As in that entry.

  bool operator==(const stored_members&) const = default;
};

/// Streams as they were found while it was decided, so that nobody looks for them again.
using found_streams = std::map<std::string, std::optional<stream_state>, std::less<>>;

/// Applies the entry that follows the state's head: nothing is decided here. Errors: corrupt, if
/// the entry does not follow (index, position, version or chain) or is damaged. `streams`: some
/// of them as they are before the entry; none is needed.
result<void> apply(
  table_writer& tables, const entry_view& entry, sha256& hash, found_streams streams = {});

// What the tables say. Errors of the medium are thrown (see `table_reader`).

state_head head_of(const table_reader& tables);
std::optional<stream_state> find_stream(const table_reader& tables, std::string_view stream);
/// The one in `streams`, put there if it is not there yet.
std::optional<stream_state>& find_once(
  const table_reader& tables, std::string_view stream, found_streams& streams);
std::optional<position> find_event(const table_reader& tables, const uuid& id);
std::optional<stored_command> find_command(const table_reader& tables, const uuid& id);
std::optional<stored_members> find_members(const table_reader& tables);

/// The entry that holds the event at `where`. Empty beyond the head and at 0.
std::optional<posting> find_place(const table_reader& tables, position where);

} // namespace aiex
