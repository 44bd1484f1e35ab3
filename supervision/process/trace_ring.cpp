#include "aiex/supervision/process/trace_ring.hpp"

#include <algorithm>
#include <utility>

namespace aiex {

namespace {

/// Of an event, beside the name of its message.
constexpr std::size_t bytes_of_event = 64;

traced_event told_of(const trace_note& note) {
  return {note.at, text_of(note.message), note.sender,
    std::chrono::duration_cast<std::chrono::microseconds>(note.took), note.outcome};
}

} // namespace

std::string_view name(trace_outcome what) noexcept {
  switch (what) {
  case trace_outcome::handled: return "handled";
  case trace_outcome::put_back: return "put_back";
  }
  return "unknown";
}

void trace_ring::begin(std::size_t events_max, time_point now) {
  events_max_ = std::clamp<std::size_t>(events_max, 1, trace_events_max);
  until_ = now + trace_time_max;
  shorten();
}

void trace_ring::end() {
  *this = trace_ring{};
}

void trace_ring::note(const trace_note& event) {
  notes_.push_back(event);
  shorten();
}

void trace_ring::shorten() {
  while (notes_.size() > events_max_) {
    notes_.pop_front();
    ++forgotten_;
  }
}

process_trace trace_ring::told(time_point now) const {
  process_trace answer{is_on(now), {}, forgotten_};
  std::size_t room = sys_bytes_max;
  for (auto each = notes_.rbegin(); each != notes_.rend(); ++each) {
    traced_event event = told_of(*each);
    const std::size_t bytes = event.message.size() + bytes_of_event;
    if (bytes > room) {
      answer.left_out += static_cast<std::uint64_t>(notes_.rend() - each);
      break;
    }
    room -= bytes;
    answer.events.push_back(std::move(event));
  }
  std::reverse(answer.events.begin(), answer.events.end());
  return answer;
}

} // namespace aiex
