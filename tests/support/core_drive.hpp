// An aggregate_core over a store in memory, without actors: does what the core says.
#pragma once

#include "aiex/actors/flow/aggregate_core.hpp"

#include "support/bank.hpp"
#include "support/sample_events.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>

namespace aiex::test {

struct aggregate_media {
  memory_media media;
  event_store events = *event_store::open(media.media());
  std::int64_t now = 1;

  result<append_result> append(const append_request& request) {
    const append_request* one_request[] = {&request};
    return events.append(one_request, at_us(now++)).front();
  }
  void write(std::string stream, event given) {
    if (const auto done = append(one(std::move(stream), std::move(given))); !done)
      throw broken_invariant{done.error().message};
  }
};

template <class Aggregate = bank::account>
aggregate_core new_core(std::string id, std::uint64_t snapshot_every = 100) {
  return {std::make_shared<const aggregate_type>(aggregate_type_of<Aggregate>()), std::move(id),
    {"node1", id_of(1'000'000), snapshot_every}};
}

inline dispatch_call call_of(
  std::string aggregate, std::uint64_t id, std::string command, std::string data) {
  dispatch_call call;
  call.id = std::move(aggregate);
  call.command = std::move(command);
  call.data = std::move(data);
  call.command_id = id_of(id);
  return call;
}

/// What an event of the bank moved.
inline result<void> read_cents(
  json_reader& reader, const recorded_event& event, std::int64_t& into) {
  bank::withdrawn moved; // "cents" stands in both
  auto read = reader.read(event.data, moved);
  into = moved.cents;
  return read;
}

/// One core and the faults it meets.
struct core_drive {
  aggregate_media& store;
  aggregate_core core;
  unsigned lose_answers = 0;  ///< Of the next appends, which are written.
  unsigned lose_requests = 0; ///< The next appends, before they are written.
  unsigned overloaded = 0;    ///< Then so many are refused at once.
  std::function<void()> before_write = [] {};
  position lags_at = query{}.up_to; ///< Reads show nothing behind it.
  std::chrono::milliseconds waited{0};
  std::size_t events_read = 0;

  core_drive(aggregate_media& media, std::string id)
      : store(media), core(new_core(std::move(id))) {}

  /// One step further: an answer, or what comes next.
  aggregate_core::step take(const aggregate_core::read& step) {
    query asked = step.asked;
    asked.up_to = std::min(asked.up_to, lags_at);
    auto page = store.events.read(asked, {.events = 2}); // small, so that pages are many
    if (!page)
      return core.on_page(tl::unexpected(page.error()));
    events_read += page->events.size();
    return core.on_page(shared_page{std::make_shared<const event_page>(std::move(*page))});
  }
  aggregate_core::step take(const aggregate_core::write& step) {
    waited += step.after;
    before_write();
    const auto lost = fail(errc::unknown_outcome, "no answer");
    if (lose_requests > 0)
      return --lose_requests, core.on_appended(lost);
    if (overloaded > 0)
      return --overloaded, core.on_appended(fail(errc::overloaded, "no room"));
    const auto outcome = store.append(step.request);
    if (lose_answers > 0)
      return --lose_answers, core.on_appended(lost);
    return core.on_appended(outcome);
  }

  template <class Answer>
  Answer run(aggregate_core::step step) {
    while (true) {
      if (const auto* read = std::get_if<aggregate_core::read>(&step))
        step = take(*read);
      else if (const auto* write = std::get_if<aggregate_core::write>(&step))
        step = take(*write);
      else
        return std::get<Answer>(step);
    }
  }

  result<dispatched> dispatch(dispatch_call call) {
    return run<result<dispatched>>(core.begin(std::move(call)));
  }
  result<aggregate_view> view(const aggregate_state_call& call) {
    return run<result<aggregate_view>>(core.begin(call));
  }
};

} // namespace aiex::test
