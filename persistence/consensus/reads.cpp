#include "aiex/persistence/consensus/reads.hpp"

#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/consensus/replication.hpp"

#include <algorithm>
#include <utility>

namespace aiex::consensus {

namespace {

void finish_read(core_state& core, const waiting_read& done, outputs& out) {
  if (done.peer.is_nil())
    out.reads_done.push_back({done.ticket, done.index});
  else
    send(core, done.peer, read_answer{done.ticket, done.index, done.run}, out);
}

} // namespace

void refuse_read(core_state& core, const waiting_read& lost, outputs& out) {
  if (lost.peer.is_nil())
    out.reads_done.push_back({lost.ticket, {}});
  else
    send(core, lost.peer, read_answer{lost.ticket, {}, lost.run}, out);
}

namespace {

bool is_only_voter(const core_state& core) {
  const configuration& members = core.members.current();
  return members.voters() == 1 && members.is_voter(core.self());
}

/// Into the round that begins now, or into the next one if one is under way.
void enter_round(core_state& core, waiting_read& read, outputs& out) {
  leader_state& leading = *core.leading;
  read.index = core.committed;
  const bool is_under_way = leading.confirmed_round < leading.read_round;
  read.round = leading.read_round + 1;
  if (!is_under_way) {
    ++leading.read_round;
    send_heartbeats(core, out);
  }
}

} // namespace

void begin_read(core_state& core, std::uint64_t ticket, outputs& out) {
  if (core.is_leader())
    return add_read(core, {.ticket = ticket}, out);
  if (core.leader.is_nil() || core.asked_reads.size() >= limits::reads_waiting) {
    out.reads_done.push_back({ticket, {}});
    return;
  }
  core.asked_reads[ticket] = 0;
  send(core, core.leader, read_request{ticket}, out);
}

void add_read(core_state& core, waiting_read read, outputs& out) {
  leader_state& leading = *core.leading;
  read.index = core.committed;
  if (leading.ready && is_only_voter(core))
    return finish_read(core, read, out);
  if (leading.reads.size() >= limits::reads_waiting)
    return refuse_read(core, read, out);
  if (leading.ready)
    enter_round(core, read, out);
  leading.reads.push_back(read);
}

void confirm_reads(core_state& core, outputs& out) {
  if (!core.leading || !core.leading->ready)
    return;
  leader_state& leading = *core.leading;
  const std::uint64_t confirmed = core.members.current().reached_by_majority([&](member_id id) {
    if (id == core.self())
      return leading.read_round;
    const auto found = leading.peers.find(id);
    return found == leading.peers.end() ? std::uint64_t{0} : found->second.read_round;
  });
  leading.confirmed_round =
    std::max(leading.confirmed_round, std::min(confirmed, leading.read_round));
  for (waiting_read& each : leading.reads)
    if (each.round == 0) // waited for the first commit of this term
      enter_round(core, each, out);
  if (is_only_voter(core))
    leading.confirmed_round = leading.read_round = leading.read_round + 1;
  while (!leading.reads.empty() && leading.reads.front().round <= leading.confirmed_round) {
    finish_read(core, leading.reads.front(), out);
    leading.reads.pop_front();
  }
  if (!leading.reads.empty() && leading.reads.front().round > leading.read_round) {
    ++leading.read_round;
    send_heartbeats(core, out);
  }
}

void age_reads(core_state& core, outputs& out) {
  for (auto at = core.asked_reads.begin(); at != core.asked_reads.end();) {
    if (++at->second < core.options.election_ticks) {
      ++at;
      continue;
    }
    out.reads_done.push_back({at->first, {}});
    at = core.asked_reads.erase(at);
  }
}

} // namespace aiex::consensus
