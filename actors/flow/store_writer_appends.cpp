// Tested by tests/actors/flow/store_test.cpp
#include "aiex/actors/flow/internal/store_writer_part.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

namespace {

std::size_t events_in(const append_request& request) {
  std::size_t count = 0;
  for (const append_part& part : request.parts)
    count += part.events.size();
  return count;
}

} // namespace

void store_writer_part::append(append_call& call) const {
  waiting_append asked{events_in(*call.request), std::move(call.permit),
    self_->make_response_promise(), std::move(call.request), std::move(call.writer)};
  place(std::move(asked));
  go_on();
}

void store_writer_part::flush_due() const {
  store_writer_state& state = self_->state;
  state.is_flush_due = false;
  if (!events_->failure()) {
    if (state.desk.groups() >= groups_under_way_max)
      return; // the next answers bring it back
    if (waits_for_more())
      return;
  }
  commit();
  if (events_->failure())
    give_up(*events_->failure());
}

void store_writer_part::gathered_until(store_gathered over) const {
  if (self_->state.gathering.is_on() && over.gathering == self_->state.gatherings)
    end_gathering();
}

void store_writer_part::place(waiting_append asked) const {
  if (asked.writer && asked.writer->was_killed())
    return refuse_killed(std::move(asked));
  const leadership now = leads();
  switch (way_of(now, asked.tried)) {
  case append_way::decide: return decide(std::move(asked));
  case append_way::keep: self_->state.desk.kept.push_back(std::move(asked)); return;
  case append_way::refuse: {
    const error why = why_refused(now, asked.tried);
    return tell(std::move(asked), tl::unexpected(why));
  }
  case append_way::forward: {
    if (auto checked = check(*asked.request); !checked)
      return tell(std::move(asked), tl::unexpected(std::move(checked.error())));
    const member_id leader = member().core().leader;
    auto request = asked.request;
    const std::uint64_t number = self_->state.desk.forwarded(leader, std::move(asked));
    self_->send(self_->state.peers, task_for_member{leader, number, std::move(request)});
  }
  }
}

void store_writer_part::place_kept() const {
  for (waiting_append& each : std::exchange(self_->state.desk.kept, {}))
    place(std::move(each));
}

void store_writer_part::keep(waiting_append asked, errc why) const {
  if (why == errc::unknown_outcome)
    asked.tried.may_be_written = true;
  self_->state.desk.kept.push_back(std::move(asked));
}

void store_writer_part::decide_for(
  const remote_asker& asker, std::shared_ptr<const append_request> request) const {
  waiting_append asked{events_in(*request), {}, {}, std::move(request), {}, {}, asker};
  const leadership now = leads();
  if (now.decides && now.sees_majority)
    return decide(std::move(asked));
  const error why = now.leads ? why_refused(now, {}) : not_the_leader();
  tell(std::move(asked), tl::unexpected(why));
}

void store_writer_part::decide(waiting_append asked) const {
  if (!events_->take(*asked.request)) { // the group is full
    if (self_->state.gathering.is_on())
      self_->state.gathering.end(self_->state.desk.open.size());
    commit();
    events_->take(*asked.request);
  }
  self_->state.desk.open.push_back(std::move(asked));
}

void store_writer_part::go_on() const {
  if (!self_->state.gathering.is_on())
    request_flush();
  else if (self_->state.gathering.is_enough(self_->state.desk.open.size()))
    end_gathering();
}

void store_writer_part::request_flush() const {
  store_writer_state& state = self_->state;
  if (state.is_flush_due || (state.desk.open.empty() && !events_->failure()))
    return;
  state.is_flush_due = true;
  self_->send(self_, store_flush{}); // behind what is in the mailbox now: that much is one group
}

bool store_writer_part::waits_for_more() const {
  store_writer_state& state = self_->state;
  const auto wait = state.gathering.begin(state.desk.open.size());
  if (wait)
    self_->delayed_send(self_, *wait, store_gathered{++state.gatherings});
  return wait.has_value();
}

void store_writer_part::end_gathering() const {
  self_->state.gathering.end(self_->state.desk.open.size());
  request_flush();
}

void store_writer_part::answer_group(answered_appends& done) const {
  store_writer_state& state = self_->state;
  std::vector<waiting_append> asked = state.desk.take_group(done.group);
  answered_group here;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    result<append_result>& outcome = done.answers[i];
    if (asked[i].remote) {
      count(outcome, asked[i].events);
      answer(*asked[i].remote, std::move(outcome));
    } else if (state.peers && !outcome && is_undecided(outcome.error().code)) {
      keep(std::move(asked[i]), outcome.error().code);
    } else {
      count(outcome, asked[i].events);
      here.asked.push_back(std::move(asked[i]));
      here.outcomes.push_back(std::move(outcome));
    }
  }
  state.answers->give(std::move(here), events_->failure().has_value());
  const auto began = state.began.extract(done.group).mapped();
  state.gathering.committed(asked.size(), self_->clock().now() - began);
}

void store_writer_part::answer_early() const {
  auto& early = self_->state.desk.early;
  if (early.empty())
    return;
  const std::uint64_t index = member().applied().index;
  const auto seen = std::stable_partition(
    early.begin(), early.end(), [&](const auto& each) { return each.index > index; });
  for (auto each = seen; each != early.end(); ++each)
    tell(std::move(each->asked), std::move(each->outcome));
  early.erase(seen, early.end());
}

void store_writer_part::tell(waiting_append asked, result<append_result> outcome) const {
  count(outcome, asked.events);
  if (asked.remote)
    return answer(*asked.remote, std::move(outcome));
  answered_group one;
  one.asked.push_back(std::move(asked));
  one.outcomes.push_back(std::move(outcome));
  self_->state.answers->give(std::move(one), events_->failure().has_value());
}

void store_writer_part::count(const result<append_result>& outcome, std::size_t events) const {
  store_statistics& counted = self_->state.counted;
  if (!outcome) {
    ++counted.refusals;
    return;
  }
  ++counted.appends;
  if (!outcome->repeated)
    counted.events += events;
}

void store_writer_part::refuse_killed(waiting_append asked) const {
  tell(std::move(asked),
    fail(errc::stale_epoch, "append refused: the actor that asked was killed before the store "
                            "decided. Nothing was written"));
}

} // namespace aiex
