// All that a core says after a step.
#pragma once

#include "aiex/persistence/consensus/jobs.hpp"
#include "aiex/persistence/consensus/message.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace aiex::consensus {

enum class role : std::uint8_t { follower, pre_candidate, candidate, leader };

struct role_change {
  role now = role::follower;
  std::uint64_t term = 0;
  member_id leader{}; ///< Nil: unknown.

  bool operator==(const role_change&) const = default;
};
struct read_state {
  std::uint64_t ticket = 0;
  std::optional<std::uint64_t> index{}; ///< To be applied first. Nothing: no leader, ask again.

  bool operator==(const read_state&) const = default;
};
struct change_outcome {
  std::uint64_t ticket = 0;
  result<std::uint64_t> index{0}; ///< Of the committed entry that says it.
};
/// A proposal that came too late or was one too many. A driver adds those that found no room:
/// `store_full`, or `unknown_outcome` if others may have them.
struct refusal {
  std::uint64_t index = 0;
  errc why = errc::no_quorum; ///< Or `overloaded`.
};

struct outputs {
  std::vector<message> messages{};  ///< May go now.
  std::optional<write_job> write{}; ///< Only if none is under way.
  std::vector<read_job> reads{};    ///< To replicate: at most one under way per peer.
  std::vector<repair_job> repairs{};
  std::vector<wanted> wants{};
  std::optional<std::uint64_t> committed{}; ///< Rose to this, and is durable here: may be applied.
  std::vector<read_state> reads_done{};
  std::vector<change_outcome> changes_done{};
  std::optional<role_change> role{};
  std::vector<refusal> refused{};
  std::optional<error> failure{}; ///< The node must stop: two facts exclude each other.

  void clear() { *this = {}; }
};

} // namespace aiex::consensus
