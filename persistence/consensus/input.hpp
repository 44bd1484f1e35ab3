// All that can happen to a core.
#pragma once

#include "aiex/persistence/consensus/jobs.hpp"
#include "aiex/persistence/consensus/message.hpp"

#include <cstdint>
#include <variant>
#include <vector>

namespace aiex::consensus {

struct tick {
  std::uint64_t random = 0; ///< The only source of chance.
};
struct received {
  message what{};
};
/// Refused unless it stands behind the last entry, in this term, at a leader with room for it.
struct proposal {
  entry what{};
};
struct change {
  std::uint64_t ticket = 0;
  member_change what{};
};
struct transfer {
  member_id to{};
};
struct read {
  std::uint64_t ticket = 0;
};
/// All of that write is durable.
struct written {
  std::uint64_t number = 0;
};
/// The disk is full: the entries of that write are not there, all else of it is.
struct write_refused {
  std::uint64_t number = 0;
};
struct entries_read {
  read_job asked{};
  log_place previous{};
  std::vector<entry> entries{};
  std::uint64_t damaged = 0; ///< The first one that cannot be read, 0 if there is none.
};
/// An entry of the log cannot be read; whoever found it.
struct damaged {
  std::uint64_t index = 0;
};
/// That entry is as it was, by the chain, and durable.
struct repaired {
  log_place place{};
};
/// The link says so: what was sent last may not have arrived, and nothing will come.
struct unreachable {
  member_id peer{};
};

using input = std::variant<tick, received, proposal, change, transfer, read, written, write_refused,
  entries_read, damaged, repaired, unreachable>;

} // namespace aiex::consensus
