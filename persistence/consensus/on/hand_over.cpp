// Tested by tests/persistence/consensus/transfer_test.cpp
#include "aiex/persistence/consensus/election.hpp"
#include "aiex/persistence/consensus/on/handlers.hpp"

namespace aiex::consensus {

void on(core_state& core, const message& from, const timeout_now&, outputs& out) {
  if (core.role == role::follower && may_campaign(core) &&
      (core.leader == from.from || core.leader.is_nil()))
    campaign_for_transfer(core, out);
}

} // namespace aiex::consensus
