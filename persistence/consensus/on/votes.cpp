// Tested by tests/persistence/consensus/election_test.cpp
#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/consensus/election.hpp"
#include "aiex/persistence/consensus/on/handlers.hpp"

namespace aiex::consensus {

void on(core_state& core, const message& from, const pre_vote_request& what, outputs& out) {
  const bool grants = what.for_term > core.term() && is_as_new(what.last, core.last()) &&
                      core.standing.may_vote(core.last_durable()) && !is_sticky(core);
  send(core, from.from, pre_vote_answer{what.for_term, grants}, out);
}

void on(core_state& core, const message& from, const pre_vote_answer& what, outputs& out) {
  if (core.role != role::pre_candidate || what.for_term != core.term() + 1)
    return;
  core.votes[from.from] = what.granted;
  count_votes(core, out);
}

void on(core_state& core, const message& from, const vote_request& what, outputs& out) {
  const bool is_free = core.record.vote.is_nil() && core.leader.is_nil();
  const bool grants = (is_free || core.record.vote == from.from) &&
                      is_as_new(what.last, core.last()) &&
                      core.standing.may_vote(core.last_durable());
  if (grants && core.record.vote != from.from) {
    core.record.vote = from.from;
    record_changed(core);
  }
  if (grants)
    core.quiet_ticks = 0;
  send(core, from.from, vote_answer{grants}, out);
}

void on(core_state& core, const message& from, const vote_answer& what, outputs& out) {
  if (core.role != role::candidate)
    return;
  core.votes[from.from] = what.granted;
  count_votes(core, out);
}

} // namespace aiex::consensus
