#include "aiex/persistence/consensus/transfer.hpp"

#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/consensus/replication.hpp"

namespace aiex::consensus {

void begin_transfer(core_state& core, member_id to, outputs& out) {
  if (!core.leading || to == core.self() || !core.members.current().is_voter(to) ||
      core.leading->transfer_to == to)
    return;
  core.leading->transfer_to = to;
  core.leading->transfer_ticks = 0;
  send_entries(core, to, out);
  continue_transfer(core, out);
}

void continue_transfer(core_state& core, outputs& out) {
  if (!core.leading || !core.leading->transfer_to)
    return;
  const auto to = core.leading->peers.find(*core.leading->transfer_to);
  if (to == core.leading->peers.end())
    core.leading->transfer_to.reset();
  else if (to->second.match == core.last().index)
    send(core, to->first, timeout_now{}, out);
}

void age_transfer(core_state& core) {
  if (core.leading->transfer_to && ++core.leading->transfer_ticks >= core.options.election_ticks)
    core.leading->transfer_to.reset();
}

} // namespace aiex::consensus
