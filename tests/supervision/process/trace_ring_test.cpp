#include "aiex/supervision/process/trace_ring.hpp"

#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <doctest/doctest.h>

#include <string>

namespace aiex {
namespace {

using namespace std::chrono_literals;

using at = trace_ring::time_point;

trace_note note_of(std::uint64_t sender, std::chrono::milliseconds when) {
  const caf::message content = caf::make_message(std::string{"word"});
  return {at{when}, type_of(content.content()), sender, 2'500us, trace_outcome::handled};
}

std::vector<std::uint64_t> senders(const process_trace& told) {
  std::vector<std::uint64_t> all;
  for (const traced_event& each : told.events)
    all.push_back(each.sender);
  return all;
}

TEST_CASE("trace_ring: keeps the last, and counts the others") {
  struct example {
    const char* name;
    std::size_t events_max;
    std::uint64_t noted;
    std::vector<std::uint64_t> kept;
    std::uint64_t left_out;
  };
  const example table[] = {
    {"none yet", 3, 0, {}, 0},
    {"all", 3, 3, {1, 2, 3}, 0},
    {"the last", 3, 5, {3, 4, 5}, 2},
    {"one", 1, 4, {4}, 3},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    trace_ring ring;
    ring.begin(row.events_max, at{0ms});
    for (std::uint64_t i = 1; i <= row.noted; ++i)
      ring.note(note_of(i, 1ms));
    CHECK(senders(ring.told(at{1ms})) == row.kept);
    CHECK(ring.told(at{1ms}).left_out == row.left_out);
  }
}

TEST_CASE("trace_ring: tells what an event was") {
  trace_ring ring;
  ring.begin(10, at{0ms});
  ring.note(note_of(7, 5ms));
  CHECK(ring.told(at{6ms}).events ==
        std::vector{traced_event{at{5ms}, "str", 7, 2'500us, trace_outcome::handled}});
}

TEST_CASE("trace_ring: never more than its most, and what is told never more than 64 KiB") {
  trace_ring ring;
  ring.begin(1'000'000, at{0ms});
  for (std::uint64_t i = 1; i <= 1'200; ++i)
    ring.note(note_of(i, 1ms));
  const process_trace told = ring.told(at{1ms});
  CHECK(told.events.size() + told.left_out == 1'200);
  CHECK(told.events.size() == sys_bytes_max / (std::string{"str"}.size() + 64));
  CHECK(told.events.back().sender == 1'200);
}

TEST_CASE("trace_ring: ends by itself, and what it has can still be read") {
  trace_ring ring;
  CHECK_FALSE(ring.is_on(at{0ms}));
  ring.begin(10, at{0ms});
  ring.note(note_of(1, 1ms));
  CHECK(ring.is_on(at{10min - 1ms}));
  CHECK_FALSE(ring.is_on(at{10min}));
  CHECK_FALSE(ring.told(at{10min}).is_on);
  CHECK(senders(ring.told(at{10min})) == std::vector<std::uint64_t>{1});
}

TEST_CASE("trace_ring: what became of a message has a word") {
  CHECK(name(trace_outcome::handled) == "handled");
  CHECK(name(trace_outcome::put_back) == "put_back");
}

// As OTP's log: {true, N} of one that runs keeps what it has, as far as there is room.
TEST_CASE("trace_ring: begun again, it goes on for as long with what it has") {
  trace_ring ring;
  ring.begin(10, at{0ms});
  for (std::uint64_t i = 1; i <= 5; ++i)
    ring.note(note_of(i, 1ms));
  ring.begin(2, at{5min});
  CHECK(senders(ring.told(at{5min})) == std::vector<std::uint64_t>{4, 5});
  CHECK(ring.is_on(at{14min}));
  ring.end();
  CHECK_FALSE(ring.is_on(at{5min}));
  CHECK(ring.told(at{5min}).events.empty());
  CHECK(ring.told(at{5min}).left_out == 0);
}

} // namespace
} // namespace aiex
