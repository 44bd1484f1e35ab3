// Tested by tests/actors/testing/test_cluster_test.cpp
#include "aiex/actors/flow/internal/store_writer_part.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace aiex {

namespace {

/// Numbers of what is asked besides appends are told from theirs by it.
constexpr std::uint64_t change_bit = std::uint64_t{1} << 63;

/// To other members, where they are; one that is never answered is forgotten with the links.
constexpr std::size_t questions_max = 1'024;

} // namespace

void store_writer_part::link(members_linked& now) const {
  store_writer_state& state = self_->state;
  std::vector<member_id> gone;
  std::ranges::set_difference(state.linked, now.all, std::back_inserter(gone));
  state.linked = std::move(now.all);
  const timestamp at = environment_.clock();
  for (const member_id id : gone) {
    member().take(consensus::unreachable{id}, at);
    state.desk.lost(id);
    lose_changes(id);
  }
  if (!gone.empty())
    state.asked_applied.clear(); // whose askers ask again
  place_kept();
  serve(at);
  show();
  go_on();
}

void store_writer_part::hear(members_said& said) const {
  const timestamp now = environment_.clock();
  for (consensus::message& each : said.all)
    member().take(consensus::received{std::move(each)}, now);
  serve(now);
}

void store_writer_part::do_for_member(task_from_member& task) const {
  const remote_asker asker{task.from, task.number};
  if (auto* const request = std::get_if<std::shared_ptr<const append_request>>(&task.what)) {
    decide_for(asker, std::move(*request));
    return go_on();
  }
  if (std::holds_alternative<tell_applied>(task.what))
    return answer(asker, append_result{});
  if (!member().core().is_leader())
    return answer(asker, tl::unexpected(not_the_leader()));
  if (const auto* const change = std::get_if<consensus::member_change>(&task.what))
    begin_change(*change, {{}, asker});
  else
    answer(asker, hand_over(std::get<consensus::transfer>(task.what)));
  serve(environment_.clock());
}

void store_writer_part::member_answered(answer_of_member& answered) const {
  if (auto change = self_->state.asked_changes.extract(answered.number); !change.empty()) {
    deliver(change.mapped(), answered.done);
  } else if (auto told = self_->state.asked_applied.extract(answered.number); !told.empty()) {
    told.mapped().deliver(member_applied{answered.done.index});
  } else if (auto asked = self_->state.desk.returned(answered.from, answered.number)) {
    auto& outcome = answered.done.outcome;
    if (!outcome && is_undecided(outcome.error().code))
      keep(std::move(*asked), answered.done.outcome.error().code);
    else
      self_->state.desk.early.push_back(
        {answered.done.index, std::move(*asked), std::move(answered.done.outcome)});
  }
  answer_early();
}

void store_writer_part::ask(const ask_applied& asked, caf::response_promise promise) const {
  store_writer_state& state = self_->state;
  if (!state.linked.contains(asked.member) || state.asked_applied.size() >= questions_max)
    return promise.deliver(
      member_applied{fail(errc::unreachable, "there is no link to that member now")});
  const std::uint64_t number = ++state.last_change | change_bit;
  state.asked_applied.emplace(number, std::move(promise));
  self_->send(state.peers, task_for_member{asked.member, number, tell_applied{}});
}

void store_writer_part::confirm(caf::response_promise promise) const {
  begin_read({std::move(promise)});
  serve(environment_.clock());
}

void store_writer_part::begin_read(store_writer_state::waiting_read asked) const {
  const leadership now = leads();
  if (!now.sees_majority && !now.is_leader_linked)
    return asked.promise.deliver(read_confirmed{fail(errc::no_quorum,
      "this node is not linked with a majority of the cluster: what it has may be old")});
  self_->state.reads.emplace(events_->begin_read(environment_.clock()), std::move(asked));
}

void store_writer_part::end_read(const answered_read& done) const {
  store_writer_state& state = self_->state;
  auto asked = state.reads.extract(done.ticket);
  if (asked.empty())
    return;
  store_writer_state::waiting_read& read = asked.mapped();
  const bool waits = !done.outcome && done.outcome.error().code == errc::no_quorum &&
                     ++read.ticks < leader_awaited_ticks &&
                     state.kept_reads.size() < event_store::reads_max;
  if (waits)
    state.kept_reads.push_back(std::move(read));
  else
    read.promise.deliver(read_confirmed{done.outcome});
}

void store_writer_part::begin_kept_reads() const {
  for (store_writer_state::waiting_read& each : std::exchange(self_->state.kept_reads, {}))
    begin_read(std::move(each));
}

void store_writer_part::change(change_members& asked, caf::response_promise promise) const {
  const leadership now = leads();
  if (now.leads) {
    if (const auto* const what = std::get_if<consensus::member_change>(&asked.what))
      begin_change(*what, {std::move(promise), {}});
    else
      promise.deliver(members_changed{
        hand_over(std::get<consensus::transfer>(asked.what)).map([](const append_result&) {})});
    return serve(environment_.clock());
  }
  const member_id leader = whom_to_ask(asked, now);
  if (leader.is_nil())
    return promise.deliver(members_changed{tl::unexpected(why_refused(now, {}))});
  store_writer_state& state = self_->state;
  const std::uint64_t number = ++state.last_change | change_bit;
  state.asked_changes.emplace(
    number, store_writer_state::waiting_change{std::move(promise), remote_asker{leader, number}});
  member_task task;
  std::visit([&task](const auto& what) { task = what; }, asked.what);
  self_->send(state.peers, task_for_member{leader, number, std::move(task)});
}

cluster_view store_writer_part::view() const {
  const consensus::core_state& core = member().core();
  cluster_view seen{core.self(), core.role, core.term(), core.leader, core.members.current(),
    core.members.current().members.empty(), core.last().index, core.committed,
    member().applied().index, member().applied().position, self_->state.linked,
    leads().sees_majority, {}};
  if (core.leading)
    for (const auto& [id, progress] : core.leading->peers)
      seen.matches[id] = progress.match;
  return seen;
}

store_writer_part::member_id store_writer_part::whom_to_ask(
  const change_members& asked, const leadership& now) const {
  const auto& linked = self_->state.linked;
  if (now.is_leader_linked)
    return member().core().leader;
  if (!asked.asks_any || linked.empty())
    return {};
  const auto turn = static_cast<std::ptrdiff_t>(self_->state.last_change % linked.size());
  return *std::next(linked.begin(), turn);
}

error store_writer_part::not_the_leader() const {
  return {errc::not_leader, "this node does not lead the cluster; ask the one that does", 0};
}

void store_writer_part::answer(const remote_asker& asker, result<append_result> outcome) const {
  if (self_->state.peers)
    self_->send(self_->state.peers, answer_for_member{asker.member, asker.number,
                                      {member().applied().index, std::move(outcome)}});
}

void store_writer_part::begin_change(
  const consensus::member_change& what, store_writer_state::waiting_change asked) const {
  const std::uint64_t ticket = ++self_->state.last_change;
  asked.what = what;
  self_->state.changes.emplace(ticket, std::move(asked));
  member().take(consensus::change{ticket, what}, environment_.clock());
}

result<append_result> store_writer_part::hand_over(const consensus::transfer& to) const {
  const consensus::core_state& core = member().core();
  if (!core.members.current().is_voter(to.to))
    return fail(errc::invalid_argument, "only a voter of the cluster can lead it");
  if (!self_->state.linked.contains(to.to) && to.to != core.self())
    return fail(errc::unreachable, "there is no link to that node now; nothing was handed over");
  member().take(to, environment_.clock());
  return append_result{};
}

void store_writer_part::end_change(const consensus::change_outcome& done) const {
  store_writer_state& state = self_->state;
  auto asked = state.changes.extract(done.ticket);
  if (asked.empty())
    return;
  store_writer_state::waiting_change& change = asked.mapped();
  const bool waits = !done.index && done.index.error().code == errc::overloaded &&
                     ++change.ticks < leader_awaited_ticks &&
                     state.kept_changes.size() < questions_max;
  if (waits)
    state.kept_changes.push_back(std::move(change));
  else
    deliver(change,
      {member().applied().index, done.index.map([](std::uint64_t) { return append_result{}; })});
}

void store_writer_part::begin_kept_changes() const {
  for (store_writer_state::waiting_change& each : std::exchange(self_->state.kept_changes, {}))
    begin_change(consensus::member_change{each.what}, std::move(each));
}

void store_writer_part::deliver(
  store_writer_state::waiting_change& asked, const task_done& done) const {
  if (asked.promise.pending())
    asked.promise.deliver(members_changed{done.outcome.map([](const append_result&) {})});
  else if (asked.remote)
    answer(*asked.remote, done.outcome);
}

void store_writer_part::lose_changes(member_id node) const {
  auto& changes = self_->state.asked_changes;
  for (auto each = changes.begin(); each != changes.end();) {
    const bool is_lost = each->second.remote->member == node;
    if (is_lost)
      each->second.promise.deliver(members_changed{fail(errc::unknown_outcome,
        "the node that leads the cluster was lost while the members changed. Look who is a "
        "member, and repeat it")});
    each = is_lost ? changes.erase(each) : std::next(each);
  }
}

leadership store_writer_part::leads() const {
  const consensus::core_state& core = member().core();
  const auto& linked = self_->state.linked;
  const auto is_linked = [&](member_id id) { return id == core.self() || linked.contains(id); };
  const auto votes =
    core.members.current().count([&](member_id id) { return std::optional<bool>{is_linked(id)}; });
  return {events_->decides(), core.is_leader(),
    !core.leader.is_nil() && core.leader != core.self() && linked.contains(core.leader),
    votes == consensus::tally::won};
}

} // namespace aiex
