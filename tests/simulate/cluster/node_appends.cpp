// How a node answers clients: it decides while it leads, and answers when all that the answer rests
// on is committed and applied.
#include "simulate/cluster/composed_entry.hpp"
#include "simulate/cluster/planted_faults.hpp"
#include "simulate/cluster/simulated_node.hpp"

#include <algorithm>
#include <utility>

namespace aiex::test {

namespace {

constexpr virtual_us gathering = 1 * millisecond; // what comes meanwhile is one group

tl::unexpected<error> not_here() {
  return fail(errc::no_quorum, "this node does not lead, or not yet");
}

} // namespace

void simulated_node::append(append_request request, append_answer answer) {
  if (!is_up_)
    return;
  if (planted)
    spoil(*planted, request);
  gathered_.push_back({std::move(request), std::move(answer)});
  if (gathered_.size() == 1)
    plan(gathering, [this] { decide_gathered(); });
}

bool simulated_node::may_decide() {
  if (!core_.is_leader() || !core_.leading->ready)
    return false;
  if (!in_flight_.is_whole_in(core_.term())) {
    if (applied_.index != core_.last().index)
      return false;
    in_flight_.begin(core_.term());
  }
  return true;
}

void simulated_node::decide_gathered() {
  std::vector<gathered_append> all = std::exchange(gathered_, {});
  if (!may_decide()) {
    for (gathered_append& each : all)
      each.to(not_here());
    return;
  }
  append_group group{log_end(), core_.term()};
  std::vector<waiting_append> decided;
  const log_storage log = disk_.log.storage();
  (void)disk_.state.storage().read([&](const table_reader& tables) {
    found_streams streams;
    const stored_facts stored{tables, log, streams};
    in_flight_.with_facts(stored, [&](const append_facts& facts) {
      for (gathered_append& each : all) {
        const std::uint32_t before = group.event_count();
        auto answer = group.add(each.request, facts);
        decided.push_back({0, core_.term(), group.event_count() > before, 0, std::move(answer),
          std::move(each.to)});
      }
    });
  });
  if (decided.size() < all.size()) { // an entry below the state could not be read
    for (gathered_append& each : all)
      if (each.to)
        each.to(not_here());
    for (waiting_append& each : decided)
      each.to(not_here());
    return;
  }
  const bool is_proposed = !group.empty();
  const std::uint64_t rests_on = is_proposed ? group.index() : core_.last().index;
  std::optional<consensus::input> proposal;
  if (is_proposed) {
    auto bytes = std::make_shared<const std::string>(group.finish(wall_clock()));
    in_flight_.add(*entry_view::parse(*bytes));
    proposal = consensus::proposal{
      {{group.index(), core_.term()}, entry_kind::events, std::move(bytes), {}}};
  }
  // An answer without a write is a read: a newer leader may know better.
  const std::uint64_t ticket = is_proposed ? 0 : ++tickets_;
  for (waiting_append& each : decided) {
    each.index = rests_on;
    each.ticket = ticket;
    if (is_proposed && each.answer)
      group.date(*each.answer);
    appends_.push_back(std::move(each));
  }
  input(proposal ? std::move(*proposal) : consensus::input{consensus::read{ticket}});
}

void simulated_node::answer_confirmed(const consensus::read_state& confirmed) {
  std::vector<append_answer> gone;
  std::erase_if(appends_, [&](waiting_append& each) {
    if (each.ticket != confirmed.ticket)
      return false;
    if (confirmed.index)
      each.ticket = 0;
    else
      gone.push_back(std::move(each.to));
    return !confirmed.index;
  });
  for (const append_answer& to : gone)
    to(not_here());
}

void simulated_node::answer_applied() {
  std::vector<waiting_append> ready;
  std::vector<waiting_append> still;
  for (waiting_append& each : appends_)
    (each.index <= applied_.index && each.ticket == 0 ? ready : still).push_back(std::move(each));
  appends_ = std::move(still);
  for (waiting_append& each : ready) {
    const bool is_mine = each.term == core_.term() && core_.is_leader();
    const bool is_same = core_.terms.term_at(each.index) == each.term || !each.is_written;
    if (is_mine || (each.is_written && is_same))
      each.to(std::move(each.answer));
    else
      each.to(fail(each.is_written ? errc::unknown_outcome : errc::no_quorum, "led no more"));
  }
}

void simulated_node::answer_refused(const consensus::refusal& refused) {
  in_flight_.end();
  std::vector<waiting_append> gone;
  std::vector<waiting_append> still;
  for (waiting_append& each : appends_)
    (each.index == refused.index && each.term == core_.term() ? gone : still)
      .push_back(std::move(each));
  appends_ = std::move(still);
  for (waiting_append& each : gone)
    each.to(fail(refused.why, "nothing was written"));
}

void simulated_node::answer_given_up(std::uint64_t from) {
  std::vector<waiting_append> gone;
  std::vector<waiting_append> still;
  for (waiting_append& each : appends_)
    (each.index >= from ? gone : still).push_back(std::move(each));
  appends_ = std::move(still);
  for (waiting_append& each : gone)
    each.to(fail(errc::store_full, "nothing was written"));
}

void simulated_node::answer_all(errc written, errc not_written) {
  for (waiting_append& each : std::exchange(appends_, {}))
    each.to(fail(each.is_written ? written : not_written, "this node leads no more"));
}

void simulated_node::read(client_call asked, read_answer answer) {
  if (!is_up_)
    return;
  reads_.emplace(++tickets_, waiting_read{0, std::move(asked), std::move(answer)});
  input(consensus::read{tickets_});
}

void simulated_node::answer_reads() {
  std::vector<waiting_read> still;
  for (waiting_read& each : std::exchange(confirmed_reads_, {})) {
    if (each.index <= applied_.index)
      each.to(look(each.asked));
    else
      still.push_back(std::move(each));
  }
  confirmed_reads_.insert(
    confirmed_reads_.end(), std::move_iterator(still.begin()), std::move_iterator(still.end()));
}

result<seen_until> simulated_node::look(const client_call& asked) {
  seen_until seen;
  (void)disk_.state.storage().read([&](const table_reader& tables) {
    if (const auto* stream = std::get_if<read_stream>(&asked)) {
      if (const auto found = find_stream(tables, stream->name))
        seen.at = found->version;
    } else {
      seen.at = head_of(tables).position.value;
    }
  });
  return seen;
}

} // namespace aiex::test
