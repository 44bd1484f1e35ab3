// What a follower does with the messages of a leader.
// Tested by tests/persistence/consensus/replication_test.cpp
#include "aiex/persistence/consensus/commit.hpp"
#include "aiex/persistence/consensus/durability.hpp"
#include "aiex/persistence/consensus/on/handlers.hpp"
#include "aiex/persistence/consensus/repair.hpp"
#include "aiex/persistence/consensus/roles.hpp"

#include <algorithm>

namespace aiex::consensus {

namespace {

/// False: this node leads that term itself, which cannot be.
bool hear_leader(core_state& core, const message& from, std::uint64_t acknowledged, outputs& out) {
  if (core.is_leader()) {
    out.failure = error{
      errc::corrupt, "two nodes lead in one term; a folder was copied or a disk forgot a vote", 0};
    return false;
  }
  become_follower(core, core.term(), from.from, out);
  core.quiet_ticks = 0;
  const log_place proof{acknowledged, core.term()};
  if (acknowledged > core.durable && !is_as_new(core.standing.proven(), proof)) {
    core.standing.raise(proof); // an earlier life of this node acknowledged more than there is
    record_changed(core);
  }
  return true;
}

void answer_match(
  core_state& core, member_id to, std::uint64_t asked, std::uint64_t matched, outputs& out) {
  send(core, to, replicate_answer{asked, true, matched, {}}, out, matched);
}

void answer_no_match(
  core_state& core, member_id to, std::uint64_t asked, log_place hint, outputs& out) {
  send(core, to, replicate_answer{asked, false, 0, hint}, out);
}

/// Appends what is not there. False: it contradicts what is committed, or cannot be compared.
bool take_entries(core_state& core, const std::vector<entry>& entries, outputs& out) {
  for (const entry& each : entries) {
    if (each.place.index <= core.last().index) {
      try_repair(core, each, true, out);
      if (core.terms.may_be(each.place))
        continue;
      if (!cut(core, each.place.index, out))
        return false;
    }
    append(core, each);
  }
  return true;
}

} // namespace

void on(core_state& core, const message& from, const replicate_request& what, outputs& out) {
  if (!hear_leader(core, from, what.acknowledged, out))
    return;
  const log_place& previous = what.previous;
  if (previous.index < core.committed)
    return answer_match(
      core, from.from, previous.index, std::min(core.committed, core.durable), out);
  const std::uint64_t damage = core.standing.first_damaged_behind(core.committed);
  if (damage != 0 && damage <= previous.index) // not read, so not compared
    return answer_no_match(core, from.from, previous.index,
      {damage - 1, core.terms.term_at(damage - 1).value_or(0)}, out);
  const auto term = core.terms.term_at(previous.index);
  const bool agrees = previous.index == core.committed; // readable or not
  if (!term && previous.index <= core.last().index && !agrees)
    return; // damaged; when it is repaired the terms can be compared
  if (term != previous.term && !agrees)
    return answer_no_match(core, from.from, previous.index,
      core.terms.conflict_hint(previous.index, previous.term), out);
  if (!what.entries.empty() && core.writes.unsynced_bytes > limits::follower_unsynced_bytes)
    return; // sent again
  if (!take_entries(core, what.entries, out))
    return;
  const std::uint64_t compared = previous.index + what.entries.size();
  const std::uint64_t unread = core.standing.first_damaged_behind(core.committed);
  core.checked = std::max(core.checked, compared);
  commit_up_to(core, std::min(what.committed, core.checked), out);
  const bool stops = unread != 0 && unread <= compared;
  answer_match(core, from.from, previous.index, stops ? unread - 1 : compared, out);
}

namespace {

/// Who does not know how much it had acknowledged is told now. This leader counts its present life
/// only, and has in its log all that was ever committed with the help of former ones: by leaders
/// before it since it was elected by a majority, by itself since it ends behind.
void learn_proof(core_state& core, const heartbeat& what) {
  if (core.standing.proven().index != unknown_index || what.heard_run != core.record.run)
    return;
  core.standing.lower({what.last, core.term()});
  record_changed(core);
}

} // namespace

void on(core_state& core, const message& from, const heartbeat& what, outputs& out) {
  if (!hear_leader(core, from, what.acknowledged, out))
    return;
  learn_proof(core, what);
  commit_up_to(core, std::min(what.committed, core.checked), out);
  send(core, from.from, heartbeat_answer{what.read_round}, out);
}

} // namespace aiex::consensus
