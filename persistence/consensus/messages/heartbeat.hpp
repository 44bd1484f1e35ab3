#pragma once

#include <cstdint>

namespace aiex::consensus {

/// The leader is there. The commit index is whole, not clipped to what the receiver acknowledged:
/// the receiver clips it to what it has compared, so nobody waits for another round.
struct heartbeat {
  std::uint64_t committed = 0;
  std::uint64_t read_round = 0;
  std::uint64_t acknowledged = 0; ///< As in a `replicate_request`.
  std::uint64_t last = 0;         ///< Where the leader's log ends.
  std::uint64_t heard_run = 0;    ///< Which life of the receiver it counts acknowledgements of.

  bool operator==(const heartbeat&) const = default;
};

} // namespace aiex::consensus
