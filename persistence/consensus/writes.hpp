#pragma once

#include "aiex/persistence/consensus/jobs.hpp"
#include "aiex/persistence/consensus/message.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace aiex::consensus {

/// A message that rests on what is not durable yet.
struct gated {
  message what{};
  std::uint64_t needs_durable = 0;  ///< The log up to there,
  std::uint64_t needs_revision = 0; ///< and the term record of that revision.
};

/// At most one write is under way; what comes meanwhile gathers in the next one.
struct writes {
  std::optional<write_job> under_way{};
  std::optional<std::uint64_t> cut_from{}; ///< Of the next one.
  std::vector<entry> entries{};            ///< Of the next one.
  std::deque<entry> unsynced{};            ///< Of both: can be sent without reading.
  std::size_t unsynced_bytes = 0;
  std::vector<gated> waiting{};
  std::uint64_t last_number = 0;
  std::uint64_t revision = 0;         ///< Of the term record.
  std::uint64_t leaving_revision = 0; ///< Of the one that is under way or was last.
  std::uint64_t durable_revision = 0;
};

} // namespace aiex::consensus
