#include "simulate/cluster/planted_faults.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace aiex::test {

using namespace consensus;

namespace {

void commit(core_state& core, std::uint64_t index, outputs& out) {
  core.committed = std::max(core.committed, index);
  const std::uint64_t here = std::min(core.committed, core.durable);
  if (here > core.told_committed)
    out.committed = core.told_committed = here;
}

void commit_old_terms(core_state& core, outputs& out) {
  if (!core.leading)
    return;
  commit(core, core.members.current().reached_by_majority([&](member_id id) {
    const auto peer = core.leading->peers.find(id);
    return id == core.self() ? core.durable
                             : (peer == core.leading->peers.end() ? 0 : peer->second.match);
  }),
    out);
}

template <class... Words>
void let_go(core_state& core, outputs& out) {
  std::erase_if(core.writes.waiting, [&](gated& each) {
    const bool goes = (each.what.is<Words>() || ...);
    if (goes)
      out.messages.push_back(std::move(each.what));
    return goes;
  });
}

void acknowledge_all(const core_state& core, outputs& out) {
  for (message& each : out.messages)
    if (auto* answer = std::get_if<replicate_answer>(&each.what); answer && answer->matches)
      answer->matched = core.last().index;
}

void vote_for_all(outputs& out) {
  for (message& each : out.messages)
    if (auto* answer = std::get_if<vote_answer>(&each.what))
      answer->granted = true;
}

void match_one_more(core_state& core, const input& given) {
  const auto* heard = std::get_if<received>(&given);
  if (!core.leading || heard == nullptr || !heard->what.is<replicate_answer>())
    return;
  const auto peer = core.leading->peers.find(heard->what.from);
  if (peer != core.leading->peers.end() && peer->second.match < core.last().index) {
    ++peer->second.match;
    peer->second.next = std::max(peer->second.next, peer->second.match + 1);
  }
}

void read_at_once(core_state& core, const input& given, outputs& out) {
  const auto* asked = std::get_if<read>(&given);
  if (asked == nullptr || !core.leading || !core.leading->ready)
    return;
  std::erase_if(core.leading->reads,
    [&](const waiting_read& each) { return each.peer.is_nil() && each.ticket == asked->ticket; });
  if (out.reads_done.empty())
    out.reads_done.push_back({asked->ticket, core.committed});
}

void keep_old_entries(outputs& out) {
  if (out.write && out.write->cut_from) {
    out.write->cut_from.reset();
    out.write->entries.clear();
  }
}

void commit_unchecked(core_state& core, const input& given, outputs& out) {
  const auto* heard = std::get_if<received>(&given);
  const auto* beat = heard == nullptr ? nullptr : std::get_if<heartbeat>(&heard->what.what);
  if (beat != nullptr && heard->what.term == core.term())
    commit(core, std::min(beat->committed, core.last().index), out);
}

} // namespace

std::string_view name_of(planted_fault what) {
  constexpr std::array<std::string_view, 19> names{"commits_old_terms", "answers_before_sync",
    "acknowledges_before_sync", "acknowledges_last_index", "votes_twice", "match_one_too_many",
    "applies_ahead", "reads_at_once", "loses_truncations", "commits_unchecked", "votes_after_loss",
    "forgets_votes", "no_pre_vote", "any_version", "repeats_anew", "any_epoch", "position_apart",
    "owner_without_epoch", "answers_unconfirmed"};
  return names.at(static_cast<std::size_t>(what));
}

void spoil(planted_fault what, core_state& core, const input& given, outputs& out) {
  switch (what) {
  case planted_fault::commits_old_terms: return commit_old_terms(core, out);
  case planted_fault::answers_before_sync: return let_go<vote_answer, vote_request>(core, out);
  case planted_fault::acknowledges_before_sync: return let_go<replicate_answer>(core, out);
  case planted_fault::acknowledges_last_index: return acknowledge_all(core, out);
  case planted_fault::votes_twice: return vote_for_all(out);
  case planted_fault::match_one_too_many: return match_one_more(core, given);
  case planted_fault::applies_ahead:
    core.told_committed = std::max(core.told_committed, core.durable);
    return;
  case planted_fault::reads_at_once: return read_at_once(core, given, out);
  case planted_fault::loses_truncations: return keep_old_entries(out);
  case planted_fault::commits_unchecked: return commit_unchecked(core, given, out);
  default: return; // elsewhere
  }
}

void spoil(planted_fault what, core_state& begun) {
  if (what == planted_fault::votes_after_loss)
    begun.standing.lower({});
  if (what == planted_fault::forgets_votes)
    begun.record.vote = {};
  if (what == planted_fault::no_pre_vote)
    begun.options.pre_vote = false;
}

void spoil(planted_fault what, append_request& asked) {
  if (what == planted_fault::any_epoch)
    asked.owner.reset();
  if (what == planted_fault::repeats_anew)
    asked.command.reset();
  for (append_part& part : asked.parts) {
    if (what == planted_fault::any_version)
      part.expected = expected_version::any();
    if (what == planted_fault::repeats_anew)
      for (event& each : part.events)
        each.id.bytes[0] ^= static_cast<std::uint8_t>(1 + asked.parts.front().events.size());
  }
}

} // namespace aiex::test
