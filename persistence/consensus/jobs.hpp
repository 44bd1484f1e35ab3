// What a core asks its driver to do on the disk, and what it wants proposed.
#pragma once

#include "aiex/persistence/consensus/entry.hpp"
#include "aiex/persistence/consensus/term_record.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace aiex::consensus {

/// Parts in this order, each durable before the next begins.
struct write_job {
  std::uint64_t number = 0; ///< 1, 2, 3, …; `written` names it.
  std::optional<term_record> term{};
  std::optional<std::uint64_t> cut_from{};
  std::vector<entry> entries{}; ///< One sync for all.
};

/// Entries for a peer that are no longer in memory; answered by `entries_read`.
struct read_job {
  member_id peer{};
  std::uint64_t term = 0; ///< In which it was asked.
  std::uint64_t from = 0;
  std::uint64_t to = 0; ///< Included. Fewer will do, in order from the first one on.
  std::size_t bytes_max = 0;
  bool is_fetch = false; ///< For a `fetch_answer`.

  bool operator==(const read_job&) const = default;
};

/// Held against the chain of both neighbours, put in its place, durable; then `repaired`. A
/// neighbour that cannot be read does not matter if it is certain that this is the entry.
struct repair_job {
  entry what{};
  bool is_certain = false;
};

/// To be composed and proposed at once: bytes need chain and time, which the driver has.
struct wanted {
  entry_kind kind = entry_kind::no_op;
  std::optional<configuration> members{};
};

} // namespace aiex::consensus
