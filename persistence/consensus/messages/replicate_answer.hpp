#pragma once

#include "aiex/persistence/consensus/log_place.hpp"

namespace aiex::consensus {

/// `matched` is exactly what the request compared, never the end of the log: what stands behind may
/// be of another leader. Leaves only when all of it is durable.
struct replicate_answer {
  std::uint64_t asked = 0; ///< `previous.index` of the request.
  bool matches = false;
  std::uint64_t matched = 0;
  log_place hint{}; ///< Without a match: further behind the sender of the request need not ask.

  bool operator==(const replicate_answer&) const = default;
};

} // namespace aiex::consensus
