#pragma once

#include "aiex/persistence/consensus/progress.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

namespace aiex::consensus {

/// A read that must not be answered from a past that a newer leader has left behind.
struct waiting_read {
  member_id peer{}; ///< Nil: asked here.
  std::uint64_t ticket = 0;
  std::uint64_t index = 0;
  std::uint64_t round = 0; ///< Of heartbeats; 0: this leader has committed nothing yet.
  std::uint64_t run = 0;   ///< Of the peer.
};

/// How fast a learner follows: a round takes until it has what the log was when it began (thesis,
/// section 4.2.1).
struct catch_up_round {
  std::uint64_t until = 0;
  std::uint32_t ticks = 0;
  bool is_caught_up = false; ///< The last round took less than an election time-out.
};

/// A change of members that somebody waits for.
struct waiting_change {
  std::uint64_t ticket = 0;
  std::uint64_t index = 0; ///< 0: not proposed yet.
};

struct leader_state {
  std::map<member_id, progress> peers{}; ///< All members but oneself.
  std::uint64_t term_start = 0;          ///< The first entry of this term of leading.
  bool ready = false;                    ///< It is committed, and so is everything before.
  std::uint64_t read_round = 0;          ///< The newest one begun.
  std::uint64_t confirmed_round = 0;
  std::deque<waiting_read> reads{};
  std::optional<member_id> transfer_to{};
  std::uint32_t transfer_ticks = 0;
  std::map<member_id, catch_up_round> learners{};
  std::optional<waiting_change> change{};
  std::uint32_t ticks_to_heartbeat = 0;
  std::uint32_t ticks_to_check = 0;
  std::deque<std::size_t> uncommitted{}; ///< Bytes of each entry behind the committed one.
  std::size_t uncommitted_bytes = 0;
};

} // namespace aiex::consensus
