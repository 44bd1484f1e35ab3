// Where an append goes in a cluster: it is decided here, sent to the node that leads, kept until
// somebody leads, or refused. One that may have been written is not lost sight of: it is sent again
// with the same ids, and the log answers what became of it.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <cstdint>

namespace aiex {

/// What this node knows of who leads.
struct leadership {
  bool decides = false; ///< This node leads, and has applied all there was before its term.
  bool leads = false;   ///< This node does.
  bool is_leader_linked = false; ///< Another one is known to lead, and there is a link to it.
  bool sees_majority = false;    ///< This node and those that it is linked with are one.

  bool operator==(const leadership&) const = default;
};

/// What was done for an append until now.
struct append_try {
  bool may_be_written =
    false;                 ///< It was sent to, or proposed by, a node that cannot tell any more.
  std::uint32_t ticks = 0; ///< For so long it has been kept.
};

/// A leader is waited for so long: three elections of the slowest kind.
inline constexpr std::uint32_t leader_awaited_ticks = 100;

enum class append_way : std::uint8_t { decide, forward, keep, refuse };

append_way way_of(const leadership& now, const append_try& tried);

/// Why it is refused: no_quorum if nothing was written, else unknown_outcome.
error why_refused(const leadership& now, const append_try& tried);

/// Whether an answer leaves open what becomes of the append, so that another node is to be asked.
bool is_undecided(errc answer) noexcept;

} // namespace aiex
