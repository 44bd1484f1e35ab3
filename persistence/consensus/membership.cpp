#include "aiex/persistence/consensus/membership.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace aiex::consensus {

namespace {

bool is_open(const core_state& core) {
  return core.members.index() > core.committed || !core.leading->ready;
}

std::optional<error> why_not(const core_state& core, const member_change& asked) {
  if (!core.leading)
    return error{errc::no_quorum, "this node does not lead; ask the one that does", 0};
  if (core.leading->change || is_open(core) || core.leading->transfer_to)
    return error{errc::overloaded, "members change one at a time; try again when it is done", 0};
  if (asked.what != member_change::act::promote)
    return {};
  const auto round = core.leading->learners.find(asked.subject.id);
  if (round != core.leading->learners.end() && !round->second.is_caught_up)
    return error{errc::overloaded, "the learner has not caught up; try again later", 0};
  return {};
}

} // namespace

void begin_change(core_state& core, const change& asked, outputs& out) {
  if (auto why = why_not(core, asked.what)) {
    out.changes_done.push_back({asked.ticket, tl::unexpected(std::move(*why))});
    return;
  }
  auto next = changed(core.members.current(), asked.what);
  if (!next) {
    out.changes_done.push_back({asked.ticket, tl::unexpected(std::move(next.error()))});
    return;
  }
  core.leading->change = waiting_change{asked.ticket, 0};
  out.wants.push_back({entry_kind::configuration, std::move(*next)});
}

bool may_propose(const core_state& core, const configuration& next) {
  if (!core.leading || is_open(core) || next.history != core.options.history)
    return false;
  std::size_t different = 0;
  for (const member& each : next.members)
    different += next.is_voter(each.id) && !core.members.current().is_voter(each.id) ? 1 : 0;
  for (const member& each : core.members.current().members)
    different += core.members.current().is_voter(each.id) && !next.is_voter(each.id) ? 1 : 0;
  return different <= 1 && next.voters() > 0;
}

void note_progress(core_state& core, member_id learner, std::uint64_t match) {
  const auto found = core.leading->learners.find(learner);
  if (found == core.leading->learners.end() || match < found->second.until)
    return;
  catch_up_round& round = found->second;
  round.is_caught_up = round.ticks < core.options.election_ticks;
  round.until = core.last().index;
  round.ticks = 0;
}

void age_rounds(core_state& core) {
  for (auto& [id, round] : core.leading->learners) {
    const auto peer = core.leading->peers.find(id);
    const bool is_there = peer != core.leading->peers.end() && peer->second.heard;
    if (is_there && peer->second.match >= round.until)
      note_progress(core, id, peer->second.match);
    else if (++round.ticks >= core.options.election_ticks)
      round.is_caught_up = false;
  }
}

} // namespace aiex::consensus
