// Tested by tests/persistence/consensus/repair_test.cpp
#include "aiex/persistence/consensus/on/handlers.hpp"
#include "aiex/persistence/consensus/repair.hpp"

#include <algorithm>

namespace aiex::consensus {

void on(core_state& core, const message& from, const fetch_request& what, outputs& out) {
  const std::uint64_t damage = core.standing.first_damaged_behind(what.from - 1);
  const std::uint64_t last = damage == 0 ? core.durable : std::min(core.durable, damage - 1);
  if (what.from > last)
    return;
  out.reads.push_back({from.from, core.term(), what.from,
    std::min({what.to, last, what.from + limits::entries_per_message - 1}), limits::fetch_bytes,
    true});
}

void on(core_state& core, const message& from, const fetch_answer& what, outputs& out) {
  const bool is_of_leader = from.from == core.leader && from.term == core.term();
  for (const entry& each : what.entries)
    try_repair(core, each, is_of_leader, out);
}

} // namespace aiex::consensus
