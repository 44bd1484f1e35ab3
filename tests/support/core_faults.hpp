// Faults that a core or its disk could have, each with the rule of core_rules that it breaks.
#pragma once

#include "aiex/persistence/consensus/durability.hpp"

#include "support/core_node.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace aiex::test {

struct named_fault {
  std::string name;
  std::string rule; ///< Of core_rules.
  planted_core_fault fault;
};

namespace faults {

using consensus::core_state;
using consensus::input;
using consensus::outputs;

/// The payload of that kind that arrives, and its message.
template <class Payload, class Use>
void when_heard(input& given, const Use& use) {
  if (auto* got = std::get_if<consensus::received>(&given))
    if (auto* what = std::get_if<Payload>(&got->what.what))
      use(got->what, *what);
}

inline std::uint64_t majority_has(const core_state& core) {
  return core.members.current().reached_by_majority([&](consensus::member_id id) {
    return id == core.self() ? core.durable : core.leading->peers.at(id).match;
  });
}

inline void lose_log(core_disk& disk) {
  disk.log.resize(1);
  disk.record->proven = {};
}

inline void vote_twice(core_state& core, input& given) {
  when_heard<consensus::vote_request>(given, [&](auto& heard, auto&) {
    if (heard.term == core.term() && core.record.vote != core.self()) {
      core.record.vote = {};
      core.leader = {};
    }
  });
}

inline void count_old_votes(core_state& core, input& given) {
  when_heard<consensus::vote_answer>(given, [&](auto& heard, auto& answer) {
    if (heard.term <= core.term()) {
      heard.term = core.term();
      answer.granted = true;
    }
  });
}

inline void vote_for_any_log(core_state& core, input& given) {
  when_heard<consensus::vote_request>(given, [&](auto&, auto& asked) { asked.last = core.last(); });
  when_heard<consensus::pre_vote_request>(
    given, [&](auto&, auto& asked) { asked.last = core.last(); });
}

inline void match_one_more(core_state& core, input& given) {
  when_heard<consensus::replicate_answer>(given, [&](auto&, auto& answer) {
    if (answer.matches && answer.matched < core.last().index)
      ++answer.matched;
  });
}

inline void cut_without_conflict(core_state& core, input& given) {
  when_heard<consensus::replicate_request>(given, [&](auto& heard, auto& asked) {
    const std::uint64_t end = asked.previous.index + asked.entries.size();
    outputs none;
    if (heard.term == core.term() && !core.is_leader() && end >= core.committed &&
        end < core.last().index)
      static_cast<void>(consensus::cut(core, end + 1, none));
  });
}

inline void commit_unchecked(core_state& core, input& given) {
  when_heard<consensus::heartbeat>(given, [&](auto&, auto&) { core.checked = core.last().index; });
}

inline void acknowledge_last(core_state& core, outputs& out) {
  for (consensus::message& each : out.messages)
    if (auto* answer = std::get_if<consensus::replicate_answer>(&each.what);
        answer != nullptr && answer->matches)
      answer->matched = std::max(answer->matched, core.durable);
}

inline void commit_old_terms(core_state& core, outputs&) {
  if (core.leading)
    core.committed = std::max(core.committed, majority_has(core));
}

inline void commit_alone(core_state& core, outputs&) {
  if (core.leading && core.durable >= core.leading->term_start)
    core.committed = std::max(core.committed, core.durable);
}

inline void answer_reads_at_once(core_state& core, outputs& out) {
  if (!core.leading)
    return;
  for (const consensus::waiting_read& each : core.leading->reads)
    if (each.peer.is_nil())
      out.reads_done.push_back({each.ticket, core.committed});
  core.leading->reads.clear();
}

inline void tell_uncommitted(core_state& core, outputs&) {
  core.told_committed = core.durable;
}

inline void lose_cut(core_state&, outputs& out) {
  if (out.write)
    out.write->cut_from.reset();
}

} // namespace faults

inline std::vector<named_fault> core_faults() {
  using namespace faults;
  const auto say_before_record = [](core_state& core, input&) {
    core.writes.durable_revision = core.writes.revision;
  };
  const auto acknowledge_before_sync = [](core_state& core, input&) {
    for (consensus::gated& each : core.writes.waiting)
      each.needs_durable = 0;
  };
  const auto forget_term = [](core_disk& disk) {
    disk.record->term = disk.log.back().place.term;
    disk.record->vote = {};
  };
  const auto read_before_ready = [](core_state& core, input&) {
    if (core.leading)
      core.leading->ready = true;
  };
  const auto no_pre_vote = [](core_state& core, input&) { core.options.pre_vote = false; };
  return {
    {"vote and term before their sync", "term_durable", {.before = say_before_record}},
    {"acknowledge before the sync", "acknowledged_durable", {.before = acknowledge_before_sync}},
    {"acknowledge the last index", "acknowledged_checked", {.after = acknowledge_last}},
    {"commit what is of an old term", "committed_in_term", {.after = commit_old_terms}},
    {"commit without a majority", "committed_on_majority", {.after = commit_alone}},
    {"two votes in a term", "one_vote", {.before = vote_twice}},
    {"term and vote forgotten by a restart", "one_vote", {.at_start = forget_term}},
    {"refused votes counted", "election_safety", {.before = count_old_votes}},
    {"a vote for any log", "leader_completeness", {.before = vote_for_any_log}},
    {"a vote after the log was lost", "leader_completeness", {.at_start = lose_log}},
    {"match one too many", "committed_on_majority", {.before = match_one_more}},
    {"a cut that is lost", "acknowledged_checked", {.after = lose_cut}},
    {"a cut without a conflict", "committed_on_majority", {.before = cut_without_conflict}},
    {"a heartbeat commits what was not compared", "committed_once", {.before = commit_unchecked}},
    {"a deposed leader reads", "reads_are_current", {.after = answer_reads_at_once}},
    {"a new leader reads", "reads_are_current", {.before = read_before_ready}},
    {"applied ahead of committed", "applied_is_committed", {.after = tell_uncommitted}},
    {"no pre-vote", "term_needs_pre_vote", {.before = no_pre_vote}},
  };
}

} // namespace aiex::test
