#pragma once

#include "aiex/persistence/consensus/limits.hpp"
#include "aiex/persistence/consensus/log_place.hpp"

namespace aiex::consensus {

/// What a member must not forget besides its log (thesis, section 3.8), and what shows that its log
/// has forgotten something.
struct term_record {
  std::uint64_t term = 0;
  member_id vote{};            ///< In that term; nil: nobody.
  log_place proven{};          ///< The log once reached this, synced. One that ends before lost it.
  std::uint64_t committed = 0; ///< A hint: up to here it was committed when this was written.
  std::uint64_t run = 0;       ///< Counts starts; durable before the first message of a life.
  bool joins = false;          ///< Made to join a cluster: until it hears of members it has none.

  bool operator==(const term_record&) const = default;
};

} // namespace aiex::consensus
