#include "aiexd/verbs/tail.hpp"

#include "aiexd/verbs/event_query.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

namespace {

std::chrono::milliseconds wait_of(const verb_call& call, std::uint64_t asked_ms) {
  const auto most = static_cast<std::uint64_t>(tail_wait_max.count());
  return call.patience(std::chrono::milliseconds{std::min(asked_ms, most)});
}

void answer(const parked_tail& tail, std::string lines) {
  gateway_promise promise = tail.promise;
  promise.deliver(
    within_limits(lines_reply(std::move(lines), to_cursor(tail.asked, tail.history))));
}

/// Whether the tail still waits; `tail` is up to date then.
std::list<parked_tail>::iterator find_tail(gateway_actor* self, std::uint64_t number) {
  auto& tails = self->state.tails;
  return std::find_if(
    tails.begin(), tails.end(), [number](const auto& each) { return each.number == number; });
}

void look(gateway_actor* self, const gateway_environment_pointer& node, std::uint64_t number);

void take_page(gateway_actor* self, const gateway_environment_pointer& node, std::uint64_t number,
  position head, const result<shared_page>& page) {
  const auto tail = find_tail(self, number);
  if (tail == self->state.tails.end())
    return; // its time was over meanwhile
  tail->is_reading = false;
  if (!page) {
    tail->promise.deliver(reply_with(page.error()));
    self->state.tails.erase(tail);
    return;
  }
  const event_batch& events = (*page)->events;
  const position up_to = tail->asked.up_to;
  if ((*page)->rest)
    tail->asked = *(*page)->rest;
  else
    tail->asked.after = std::max(tail->asked.after, head);
  tail->asked.up_to = up_to; // the page was bounded by the head of its time
  std::string lines;
  for (const recorded_event& each : events) {
    lines += to_line(each);
    tail->asked.after = std::max(tail->asked.after, each.position);
  }
  if (!lines.empty()) {
    answer(*tail, std::move(lines));
    self->state.tails.erase(tail);
  } else if ((*page)->rest || self->state.head > tail->asked.after) {
    look(self, node, number);
  }
}

void look(gateway_actor* self, const gateway_environment_pointer& node, std::uint64_t number) {
  const auto tail = find_tail(self, number);
  if (tail == self->state.tails.end() || tail->is_reading)
    return; // the answer to that read looks again
  tail->is_reading = true;
  const position head = self->state.head; // all up to here can be read
  query asked = tail->asked;
  asked.up_to = std::min(asked.up_to, std::max(head, asked.after));
  node->services.events.read(self, std::move(asked), gateway_patience,
    [self, node, number, head](
      const result<shared_page>& page) { take_page(self, node, number, head, page); },
    {.bytes = 2 << 20});
}

} // namespace

void run_tail(verb_call call) {
  const auto head = call.services().events.events().head();
  if (!head)
    return call.refuse(head.error());
  auto asked =
    tail_query_of(call.given, call.services().clock(), call.services().history, head->position);
  if (!asked)
    return call.refuse(asked.error());
  auto wait_ms = call.given.number("wait_ms");
  if (!wait_ms)
    return call.refuse(wait_ms.error());
  gateway_actor* self = call.self;
  const auto wait =
    wait_of(call, wait_ms->value_or(static_cast<std::uint64_t>(tail_wait_default.count())));
  if (self->state.tails.size() >= tails_waiting_max)
    return call.refuse({errc::overloaded,
      std::to_string(tails_waiting_max) + " clients wait for events already; ask again later"});
  self->state.head = std::max(self->state.head, head->position);
  const std::uint64_t number = ++self->state.last_tail;
  self->state.tails.push_back({number, std::move(*asked), call.services().history, call.promise});
  self->delayed_send(self, wait, tail_over{number});
  look(self, call.node, number);
}

void resume_tails(gateway_actor* self, const gateway_environment_pointer& node) {
  std::vector<std::uint64_t> behind;
  for (const parked_tail& each : self->state.tails)
    if (self->state.head > each.asked.after)
      behind.push_back(each.number);
  for (const std::uint64_t number : behind)
    look(self, node, number);
}

void end_tail(gateway_actor* self, std::uint64_t number) {
  const auto tail = find_tail(self, number);
  if (tail == self->state.tails.end())
    return;
  answer(*tail, {});
  self->state.tails.erase(tail);
}

void end_tails(gateway_actor* self) {
  for (const parked_tail& each : std::exchange(self->state.tails, {}))
    answer(each, {});
}

} // namespace aiex
