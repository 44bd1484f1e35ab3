// What a member does with each message of its own term. The rules stand beside the messages.
#pragma once

#include "aiex/persistence/consensus/core_state.hpp"

namespace aiex::consensus {

void on(core_state& core, const message& from, const pre_vote_request& what, outputs& out);
void on(core_state& core, const message& from, const pre_vote_answer& what, outputs& out);
void on(core_state& core, const message& from, const vote_request& what, outputs& out);
void on(core_state& core, const message& from, const vote_answer& what, outputs& out);
void on(core_state& core, const message& from, const replicate_request& what, outputs& out);
void on(core_state& core, const message& from, const replicate_answer& what, outputs& out);
void on(core_state& core, const message& from, const heartbeat& what, outputs& out);
void on(core_state& core, const message& from, const heartbeat_answer& what, outputs& out);
void on(core_state& core, const message& from, const timeout_now& what, outputs& out);
void on(core_state& core, const message& from, const read_request& what, outputs& out);
void on(core_state& core, const message& from, const read_answer& what, outputs& out);
void on(core_state& core, const message& from, const fetch_request& what, outputs& out);
void on(core_state& core, const message& from, const fetch_answer& what, outputs& out);

} // namespace aiex::consensus
