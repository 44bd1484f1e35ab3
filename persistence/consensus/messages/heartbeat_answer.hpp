#pragma once

#include <cstdint>

namespace aiex::consensus {

struct heartbeat_answer {
  std::uint64_t read_round = 0; ///< Of the heartbeat.

  bool operator==(const heartbeat_answer&) const = default;
};

} // namespace aiex::consensus
