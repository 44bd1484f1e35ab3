// Tested by tests/persistence/consensus/election_test.cpp
#include "aiex/persistence/consensus/terms.hpp"

#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/consensus/election.hpp"
#include "aiex/persistence/consensus/on/handlers.hpp"
#include "aiex/persistence/consensus/roles.hpp"

#include <variant>

namespace aiex::consensus {

namespace {

bool is_for(const core_state& core, const message& given) {
  return core.record_is_stored && given.history == core.options.history &&
         given.to == core.self() && given.from != core.self() && is_sound(given);
}

bool is_outside_terms(const message& given) {
  return given.is<fetch_request>() || given.is<fetch_answer>();
}

/// False: it is dropped.
bool hear_newer_term(core_state& core, const message& given, outputs& out) {
  if (given.is<pre_vote_request>())
    return true;
  if (given.is<read_request>() || given.is<read_answer>())
    return false;
  if (const auto* answer = std::get_if<pre_vote_answer>(&given.what); answer && answer->granted)
    return true;
  const auto* asked = std::get_if<vote_request>(&given.what);
  if (asked != nullptr && !asked->is_transfer && is_sticky(core))
    return false;
  const bool is_leader = given.is<heartbeat>() || given.is<replicate_request>();
  become_follower(core, given.term, is_leader ? given.from : member_id{}, out);
  return true;
}

void answer_older_term(core_state& core, const message& given, outputs& out) {
  if (const auto* request = std::get_if<replicate_request>(&given.what))
    send(core, given.from, replicate_answer{request->previous.index, false, 0, {}}, out);
  else if (given.is<heartbeat>())
    send(core, given.from, heartbeat_answer{}, out);
  else if (const auto* asked = std::get_if<pre_vote_request>(&given.what))
    send(core, given.from, pre_vote_answer{asked->for_term, false}, out);
}

} // namespace

void receive(core_state& core, const message& given, outputs& out) {
  if (!is_for(core, given))
    return;
  if (!is_outside_terms(given)) {
    if (given.term > core.term() && !hear_newer_term(core, given, out))
      return;
    if (given.term < core.term() && !given.is<pre_vote_answer>())
      return answer_older_term(core, given, out);
  }
  std::visit([&](const auto& what) { on(core, given, what, out); }, given.what);
}

} // namespace aiex::consensus
