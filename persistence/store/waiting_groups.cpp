#include "aiex/persistence/store/waiting_groups.hpp"

#include "aiex/persistence/store/entry_put.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aiex {

namespace {

bool leads_in(const consensus::core_state& core, std::uint64_t term) {
  return core.is_leader() && core.term() == term;
}

error unknown_to_all() {
  return {errc::unknown_outcome,
    "the other nodes have not confirmed the append yet; repeat it, with the same ids", 0};
}

} // namespace

error why_not_here(const consensus::core_state& core) {
  const consensus::member* leader =
    core.leader == core.self() ? nullptr : core.members.current().find(core.leader);
  if (leader != nullptr)
    return {errc::not_leader,
      fmt::format("append refused: {} leads this cluster. Nothing was written; ask there",
        leader->name.empty() ? to_string(leader->id) : leader->name),
      0};
  return {errc::no_quorum,
    "append refused: nobody leads this cluster, or not yet. Nothing was written; repeat it when a "
    "majority of its nodes see each other",
    0};
}

namespace {

/// Why an entry was given up, as who asked for it is told.
error why_given_up(errc why, const consensus::core_state& core) {
  switch (why) {
  case errc::store_full: return no_room_for_append();
  case errc::unknown_outcome: return unknown_to_all();
  case errc::overloaded:
    return {errc::overloaded,
      "append refused: too much is under way to the other nodes. Nothing was written; repeat it in "
      "a moment",
      0};
  default: return why_not_here(core);
  }
}

} // namespace

error why_decided_anew(errc given_up, const consensus::core_state& core) {
  return given_up == errc::store_full ? no_room_for_append() : why_not_here(core);
}

void waiting_groups::add(std::uint64_t group, append_group decided, append_outcomes answers) {
  const consensus::log_place place{decided.index(), decided.term()};
  written_.push_back({{group, place, std::move(answers)}, std::move(decided)});
}

void waiting_groups::add(
  std::uint64_t group, consensus::log_place behind, std::uint64_t ticket, append_outcomes answers) {
  unwritten_.push_back({{group, behind, std::move(answers)}, ticket});
}

void waiting_groups::give(waiting& done) {
  if (!done.is_abandoned)
    answered_.push_back({done.group, std::move(done.answers)});
}

/// Also what it refused or repeated rests on what was not written.
void waiting_groups::give(waiting& done, const error& why) {
  done.answers.assign(done.answers.size(), tl::unexpected(why));
  give(done);
}

/// Precondition: applied up to there, or led by another one.
void waiting_groups::settle(
  written& each, const consensus::core_state& core, std::uint64_t applied) {
  const bool leads = leads_in(core, each.behind.term);
  const auto term = core.terms.term_at(each.behind.index);
  if (each.behind.index > applied || (!leads && !term))
    return give(each, unknown_to_all());
  if (!leads && term != each.behind.term) // another entry is there, for ever
    return give(each, why_not_here(core));
  for (result<append_result>& answer : each.answers)
    if (answer)
      each.decided.date(*answer);
  give(each);
}

void waiting_groups::settle(const consensus::core_state& core, std::uint64_t applied) {
  while (!written_.empty() && (written_.front().behind.index <= applied ||
                                !leads_in(core, written_.front().behind.term))) {
    settle(written_.front(), core, applied);
    written_.pop_front();
  }
  std::erase_if(unwritten_, [&](unwritten& each) {
    if (!leads_in(core, each.behind.term))
      return give(each, why_not_here(core)), true;
    const bool is_done = each.ticket == 0 && each.behind.index <= applied;
    if (is_done)
      give(each);
    return is_done;
  });
}

bool waiting_groups::confirm(const consensus::read_state& read, const consensus::core_state& core) {
  const auto found = std::ranges::find(unwritten_, read.ticket, &unwritten::ticket);
  if (found == unwritten_.end())
    return false;
  found->ticket = 0;
  if (!read.index) {
    give(*found, why_not_here(core));
    unwritten_.erase(found);
  }
  return true;
}

void waiting_groups::refuse(const consensus::refusal& refused, const consensus::core_state& core) {
  while (!written_.empty() && written_.back().behind.index >= refused.index) {
    give(written_.back(), why_given_up(refused.why, core));
    written_.pop_back();
  }
  std::erase_if(unwritten_, [&](unwritten& each) {
    if (each.behind.index < refused.index)
      return false;
    give(each, why_decided_anew(refused.why, core));
    return true;
  });
}

void waiting_groups::fail_all(const error& why) {
  for (written& each : std::exchange(written_, {}))
    give(each, why);
  for (unwritten& each : std::exchange(unwritten_, {}))
    give(each, why);
}

waiting_groups::waiting& waiting_groups::find(std::uint64_t group) {
  const auto found = std::ranges::find(written_, group, &written::group);
  if (found != written_.end())
    return *found;
  const auto other = std::ranges::find(unwritten_, group, &unwritten::group);
  invariant(other != unwritten_.end(), "a group that does not wait is abandoned");
  return *other;
}

append_outcomes waiting_groups::abandon(std::uint64_t group) {
  waiting& found = find(group);
  found.is_abandoned = true;
  return append_outcomes(found.answers.size(), tl::unexpected(unknown_to_all()));
}

} // namespace aiex
