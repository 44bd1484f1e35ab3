#include "aiex/actors/flow/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace aiex {

namespace {

/// The writer's word to itself: commit what has come in before this.
struct flush {};

/// The writer's word to itself: it has been waited long enough for more, if still for the same.
struct gathered {
  std::uint64_t gathering;
};

std::size_t events_in(const append_request& request) {
  std::size_t count = 0;
  for (const append_part& part : request.parts)
    count += part.events.size();
  return count;
}

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::flush)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::gathered)

namespace aiex {

namespace {

using writer = caf::stateful_actor<store_writer_state>;

store_statistics statistics_of(const store_writer_state& state) {
  store_statistics counted = state.counted;
  counted.waiting = state.waiting.size();
  return counted;
}

void request_flush(writer* self) {
  if (self->state.is_flush_due || self->state.waiting.empty())
    return;
  self->state.is_flush_due = true;
  self->send(self, flush{}); // behind what is in the mailbox now: that much is one group
}

void tell_followers(writer* self, const event_store& events) {
  if (self->state.followers.empty())
    return;
  const auto head = events.head();
  if (!head)
    return;
  for (const caf::actor& each : self->state.followers)
    self->send(each, applied{head->position});
}

void count(store_statistics& counted, std::size_t events, const result<append_result>& answer) {
  if (!answer) {
    ++counted.refusals;
    return;
  }
  ++counted.appends;
  if (!answer->repeated)
    counted.events += events;
}

/// Whether those who were just answered are to come first.
bool waits_for_more(writer* self) {
  store_writer_state& state = self->state;
  const auto wait = state.gathering.begin(state.waiting.size());
  if (wait)
    self->delayed_send(self, *wait, gathered{++state.gatherings});
  return wait.has_value();
}

void end_gathering(writer* self) {
  self->state.gathering.end(self->state.waiting.size());
  request_flush(self);
}

/// Commits what was taken and answers it.
void commit_group(writer* self, event_store& events, const store_environment& environment) {
  answered_group done;
  const auto began = self->clock().now();
  done.outcomes = events.commit(environment.clock());
  done.asked = std::exchange(self->state.waiting, {});
  ++self->state.counted.groups;
  for (std::size_t i = 0; i < done.outcomes.size(); ++i)
    count(self->state.counted, done.asked[i].events, done.outcomes[i]);
  const std::size_t committed = done.asked.size();
  self->state.answers->give(std::move(done), events.failure().has_value());
  self->state.gathering.committed(committed, self->clock().now() - began);
  tell_followers(self, events);
}

/// Nothing later succeeds. Who has asked until now was told why.
void give_up(writer* self, const error& why, const store_environment& environment) {
  environment.on_failure(why);
  self->quit(caf::make_error(caf::sec::runtime_error, why.message));
}

/// Another may be in its place and have read what is there: its wishes come too late.
void refuse_killed(writer* self) {
  ++self->state.counted.refusals;
  self->make_response_promise().deliver(
    append_answer{fail(errc::stale_epoch, "append refused: the actor that asked was killed before "
                                          "the store decided. Nothing was written")});
}

void take(
  writer* self, event_store& events, const store_environment& environment, append_call& call) {
  if (call.writer && call.writer->was_killed())
    return refuse_killed(self);
  if (!events.take(*call.request)) { // the group is full
    if (self->state.gathering.is_on())
      self->state.gathering.end(self->state.waiting.size());
    commit_group(self, events, environment);
    events.take(*call.request);
  }
  self->state.waiting.push_back(
    {events_in(*call.request), std::move(call.permit), self->make_response_promise()});
}

} // namespace

std::string state_text(const store_writer_state& state) {
  const store_statistics now = statistics_of(state);
  return fmt::format(
    R"({{"groups":{},"appends":{},"refusals":{},"events":{},"waiting":{},"followers":{}}})",
    now.groups, now.appends, now.refusals, now.events, now.waiting, state.followers.size());
}

caf::behavior store_writer(
  writer* self, std::shared_ptr<event_store> events, store_environment environment) {
  self->state.answers.emplace(*self);
  self->set_down_handler([self](const caf::down_msg& down) {
    std::erase_if(
      self->state.followers, [&](const caf::actor& each) { return each.address() == down.source; });
  });
  return {
    [self, events, environment](append_call& call) {
      take(self, *events, environment, call);
      if (!self->state.gathering.is_on())
        request_flush(self);
      else if (self->state.gathering.is_enough(self->state.waiting.size()))
        end_gathering(self);
    },
    [self](gathered over) {
      if (self->state.gathering.is_on() && over.gathering == self->state.gatherings)
        end_gathering(self);
    },
    [self, events, environment](flush) {
      self->state.is_flush_due = false;
      if (!events->failure() && waits_for_more(self))
        return;
      commit_group(self, *events, environment);
      if (events->failure())
        give_up(self, *events->failure(), environment);
    },
    [self, events](follow_log& follow) {
      self->monitor(follow.receiver);
      self->state.followers.push_back(follow.receiver);
      if (const auto head = events->head())
        self->send(follow.receiver, applied{head->position});
    },
    [self](store_statistics_call) { return statistics_of(self->state); },
  };
}

caf::behavior store_reader(
  caf::event_based_actor* self, std::shared_ptr<const event_store> events) {
  return {
    [self, events](const read_call& call) -> page_answer {
      if (call.ticket.until < self->clock().now())
        return {
          fail(errc::time_out, "the read came to its turn when nobody waited for it any more")};
      auto page = events->read(call.asked, call.limits);
      if (!page)
        return {tl::unexpected(std::move(page.error()))};
      return {std::make_shared<const event_page>(std::move(*page))};
    },
  };
}

store::store(caf::actor writer, std::vector<caf::actor> readers,
  std::shared_ptr<const event_store> events, std::shared_ptr<append_gate> gate,
  std::shared_ptr<read_gate> reads)
    : parts_(std::make_shared<parts>()) {
  parts_->writer = std::move(writer);
  parts_->readers = std::move(readers);
  parts_->events = std::move(events);
  parts_->gate = std::move(gate);
  parts_->reads = std::move(reads);
  if (parts_->writer)
    parts_->calling = aiex::calls{parts_->writer.home_system()};
}

const caf::actor& store::next_reader() const {
  const std::size_t turn = parts_->turn.fetch_add(1, std::memory_order_relaxed);
  return parts_->readers[turn % parts_->readers.size()];
}

std::string store::overloaded_message() const {
  return fmt::format("append refused: {} appends or {} bytes are waiting already. Nothing was "
                     "written; repeat it a little later",
    parts_->gate->most().appends, parts_->gate->most().bytes);
}

std::string store::too_many_reads_message() const {
  return fmt::format(
    "read refused: {} reads are waiting already. Repeat it a little later", parts_->reads->most());
}

std::string store::no_answer_message(const call_error& why) {
  return "the store did not answer (" + text(why) +
         "). Repeat it with the same ids: it is then done once";
}

} // namespace aiex
