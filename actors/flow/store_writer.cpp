// Tested by tests/actors/flow/store_test.cpp
#include "aiex/actors/flow/store_writer.hpp"

#include "aiex/actors/flow/internal/store_writer_part.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace aiex {

store_statistics statistics_of(const store_writer_state& state) {
  store_statistics counted = state.counted;
  counted.waiting = state.desk.waiting();
  return counted;
}

void store_writer_part::meet(meet_members& what) const {
  const bool is_first = !self_->state.peers;
  self_->state.peers = std::move(what.peers);
  if (is_first)
    tick_later();
}

void store_writer_part::tick() const {
  tick_later();
  const timestamp now = environment_.clock();
  member().take(consensus::tick{environment_.random()}, now);
  for (waiting_append& each : self_->state.desk.kept)
    ++each.tried.ticks;
  place_kept();
  begin_kept_changes();
  begin_kept_reads();
  serve(now);
  show();
  go_on();
}

void store_writer_part::follow(follow_log& what) const {
  self_->monitor(what.receiver);
  self_->state.followers.push_back(what.receiver);
  self_->send(what.receiver, applied{member().applied().position});
}

void store_writer_part::work() const {
  self_->state.is_work_due = false;
  serve(environment_.clock());
  go_on();
}

void store_writer_part::commit() const {
  store_writer_state& state = self_->state;
  const auto began = self_->clock().now();
  const timestamp now = environment_.clock();
  if (const std::uint64_t group = events_->close(now); group != 0) {
    state.desk.closed(group);
    state.began.emplace(group, began);
    ++state.counted.groups;
  }
  serve(now);
}

void store_writer_part::serve(timestamp now) const {
  using kind = replica::work_kind;
  speak();
  while (member().has_work()) {
    const kind done = member().next_work();
    member().work(now);
    speak();
    if (done == kind::write && self_->state.peers)
      break;
  }
  if (member().has_work() && !std::exchange(self_->state.is_work_due, true))
    self_->send(self_, store_work_on{});
  if (events_->failure())
    request_flush(); // it gives up there, behind those who have asked
}

void store_writer_part::speak() const {
  store_writer_state& state = self_->state;
  store_words words = events_->words();
  if (!words.messages.empty() && state.peers)
    self_->send(state.peers, say_to_members{std::move(words.messages)});
  for (answered_appends& each : words.appends)
    answer_group(each);
  for (const answered_read& each : words.reads)
    end_read(each);
  for (const consensus::change_outcome& each : words.changes)
    end_change(each);
  answer_early();
  tell_followers();
  if (words.role || !words.changes.empty())
    show();
  if (!state.desk.kept.empty() && (words.role || events_->decides()))
    place_kept();
  if (!words.appends.empty())
    go_on();
}

void store_writer_part::tick_later() const {
  self_->delayed_send(self_, consensus_tick, store_ticked{});
}

void store_writer_part::show() const {
  environment_.sight->show(view());
}

void store_writer_part::tell_followers() const {
  store_writer_state& state = self_->state;
  const position head = member().applied().position;
  if (state.told == head)
    return;
  state.told = head;
  for (const caf::actor& each : state.followers)
    self_->send(each, applied{head});
}

void store_writer_part::give_up(const error& why) const {
  append_desk& desk = self_->state.desk;
  while (!desk.open.empty())
    commit();
  for (waiting_append& each : std::exchange(desk.kept, {}))
    tell(std::move(each), tl::unexpected(why));
  for (auto& each : std::exchange(desk.early, {}))
    tell(std::move(each.asked), std::move(each.outcome));
  environment_.on_failure(why);
  self_->quit(caf::make_error(caf::sec::runtime_error, why.message));
}

std::string state_text(const store_writer_state& state) {
  const store_statistics now = statistics_of(state);
  return fmt::format(
    R"({{"groups":{},"appends":{},"refusals":{},"events":{},"waiting":{},"followers":{}}})",
    now.groups, now.appends, now.refusals, now.events, now.waiting, state.followers.size());
}

caf::behavior store_writer(caf::stateful_actor<store_writer_state>* self,
  std::shared_ptr<event_store> events, store_environment environment) {
  self->state.answers.emplace(*self);
  self->state.told = events->member().applied().position;
  self->set_down_handler([self](const caf::down_msg& down) {
    std::erase_if(
      self->state.followers, [&](const caf::actor& each) { return each.address() == down.source; });
  });
  const store_writer_part its{self, std::move(events), std::move(environment)};
  its.show();
  return {
    [its](append_call& call) { its.append(call); },
    [its](store_gathered over) { its.gathered_until(over); },
    [its](store_flush) { its.flush_due(); },
    [its](store_work_on) { its.work(); },
    [its](follow_log& what) { its.follow(what); },
    [self](store_statistics_call) { return statistics_of(self->state); },
    [its](meet_members& what) { its.meet(what); },
    [its](store_ticked) { its.tick(); },
    [its](members_linked& now) { its.link(now); },
    [its](members_said& said) { its.hear(said); },
    [its](task_from_member& task) { its.do_for_member(task); },
    [its](answer_of_member& answered) { its.member_answered(answered); },
    [its, self](const ask_applied& asked) { its.ask(asked, self->make_response_promise()); },
    [its, self](confirm_read) { its.confirm(self->make_response_promise()); },
    [its, self](change_members& asked) { its.change(asked, self->make_response_promise()); },
    [its](view_cluster) { return its.view(); },
  };
}

} // namespace aiex
