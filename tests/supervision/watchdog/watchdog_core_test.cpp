#include "aiex/supervision/watchdog/watchdog_core.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <map>
#include <string>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr watchdog_time epoch{std::chrono::hours{1}};

process_entry_pointer entry_of(std::uint64_t actor, milliseconds limit = 1s) {
  return std::make_shared<const process_entry>(
    process_entry{actor, "root/" + std::to_string(actor), 0, limit, false, nullptr, nullptr});
}

running_handler handler(std::uint64_t actor, std::uint64_t number, milliseconds began) {
  return {entry_of(actor), {number, epoch + began, {}}};
}

/// "1 1000" for one that runs since so many milliseconds, "1 back 1500" for one that has returned.
std::string text_of(const std::vector<handler_report>& reports) {
  std::string text;
  for (const handler_report& each : reports)
    text += (text.empty() ? "" : ", ") + std::to_string(each.which.of->actor) +
            (each.has_returned ? " back " : " ") + std::to_string(each.ran_for.count());
  return text;
}

TEST_CASE(
  "watchdog_core: a handler is told of at its limit, at twice, at four times, and at last") {
  struct look {
    milliseconds at;
    std::vector<running_handler> running;
    const char* reports;
  };
  struct example {
    const char* name;
    std::vector<look> looks;
  };
  const running_handler first = handler(1, 7, 0ms);
  const running_handler next = handler(1, 8, 1'600ms);
  const example table[] = {
    {"a quick one", {{999ms, {first}, ""}, {1'000ms, {}, ""}}},
    {"from the limit on", {{999ms, {first}, ""}, {1'000ms, {first}, "1 1000"}}},
    {"no more than once a time",
      {{1'000ms, {first}, "1 1000"}, {1'999ms, {first}, ""}, {2'000ms, {first}, "1 2000"},
        {3'999ms, {first}, ""}, {4'000ms, {first}, "1 4000"}, {7'999ms, {first}, ""},
        {8'000ms, {first}, "1 8000"}}},
    {"what was missed is not told late",
      {{5'000ms, {first}, "1 5000"}, {7'999ms, {first}, ""}, {8'000ms, {first}, "1 8000"}}},
    {"when it is done",
      {{1'200ms, {first}, "1 1200"}, {1'500ms, {}, "1 back 1500"}, {1'600ms, {}, ""}}},
    {"when the next one runs already",
      {{1'200ms, {first}, "1 1200"}, {1'700ms, {next}, "1 back 1700"}}},
    {"the next one only if it runs for longer",
      {{1'200ms, {first}, "1 1200"}, {1'700ms, {next}, "1 back 1700"}, {3'500ms, {next}, ""},
        {3'600ms, {next}, "1 2000"}, {3'700ms, {}, "1 back 2100"}}},
    {"also if nothing ran between them",
      {{1'200ms, {first}, "1 1200"}, {1'300ms, {}, "1 back 1300"}, {3'100ms, {next}, ""},
        {3'200ms, {}, ""}}},
    {"within an hour", {{1'200ms, {first}, "1 1200"}, {1'300ms, {}, "1 back 1300"},
                         {3'601'299ms, {}, ""}, {3'602'200ms, {handler(1, 9, 3'601'200ms)}, ""}}},
    {"and anew after it",
      {{1'200ms, {first}, "1 1200"}, {1'300ms, {}, "1 back 1300"}, {3'601'300ms, {}, ""},
        {3'602'200ms, {handler(1, 9, 3'601'200ms)}, "1 1000"}}},
    {"two of them", {{1'500ms, {first, handler(2, 1, 300ms)}, "1 1500, 2 1200"},
                      {2'000ms, {handler(2, 1, 300ms)}, "1 back 2000"},
                      {2'300ms, {handler(2, 1, 300ms)}, "2 2000"}}},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    handler_watch watch;
    for (const look& each : row.looks) {
      CAPTURE(each.at.count());
      CHECK(text_of(watch.look(each.running, epoch + each.at)) == each.reports);
    }
  }
}

TEST_CASE("watchdog_core: each child has its own limit") {
  handler_watch watch;
  const std::vector<running_handler> running{{entry_of(1, 100ms), {1, epoch, {}}},
    {entry_of(2, 3s), {1, epoch, {}}}, {entry_of(3, 1ms), {1, epoch, {}}}};
  CHECK(text_of(watch.look(running, epoch + 1ms)) == "3 1");
  CHECK(text_of(watch.look(running, epoch + 100ms)) == "1 100, 3 100");
  CHECK(text_of(watch.look(running, epoch + 3s)) == "1 3000, 2 3000, 3 3000");
}

// Handlers of some actors come and go as they like; looks are as regular as they are not.
TEST_CASE("watchdog_core: what is slower than before is told of, and of what was told the end") {
  const bool holds = rc::check([] {
    handler_watch watch;
    std::map<std::uint64_t, running_handler> runs;
    std::map<std::uint64_t, bool> told;         // of the running one
    std::map<std::uint64_t, milliseconds> next; // when one of the actor's is told of
    milliseconds now{0};
    std::uint64_t number = 0;
    const auto steps = *rc::gen::inRange(1, 100);
    for (int step = 0; step < steps; ++step) {
      now += milliseconds{*rc::gen::inRange(1, 1'500)};
      const auto actor = *rc::gen::inRange<std::uint64_t>(1, 4);
      const bool was_told = told[actor];
      const bool ends = runs.contains(actor) && *rc::gen::arbitrary<bool>();
      if (ends)
        runs.erase(actor);
      else if (!runs.contains(actor))
        runs.emplace(actor, handler(actor, ++number, now));
      std::vector<running_handler> all;
      for (const auto& [id, each] : runs)
        all.push_back(each);
      std::size_t returned = 0;
      for (const handler_report& each : watch.look(all, epoch + now)) {
        const std::uint64_t whose = each.which.of->actor;
        RC_ASSERT(each.ran_for >= 1s);
        if (each.has_returned) {
          RC_ASSERT(whose == actor);
          ++returned;
          told[whose] = false;
          continue;
        }
        RC_ASSERT(each.which.turn.number == runs.at(whose).turn.number);
        RC_ASSERT(next.try_emplace(whose, 1s).first->second <= each.ran_for);
        told[whose] = true;
        while (next[whose] <= each.ran_for)
          next[whose] *= 2;
      }
      RC_ASSERT(returned == (ends && was_told ? 1U : 0U));
      for (const auto& [id, each] : runs)
        RC_ASSERT(epoch + now - each.turn.began < next.try_emplace(id, 1s).first->second);
    }
  });
  CHECK(holds);
}

TEST_CASE("watchdog_core: a worker that is in one actor at two looks is blocked until it is back") {
  const worker_turn first{0, 1, 11}, second{1, 1, 12}, next{0, 2, 11};
  worker_watch watch;
  const auto blocked = [&](std::vector<worker_turn> turns) { return watch.blocked(turns); };
  CHECK(blocked({first}) == 0);
  CHECK(blocked({first, second}) == 1);
  CHECK(blocked({first, second}) == 2);
  CHECK(blocked({next, second}) == 1); // the same actor, but it was back
  CHECK(blocked({next}) == 1);
  CHECK(blocked({next, second}) == 1); // `second` was away meanwhile
  CHECK(blocked({}) == 0);
}

TEST_CASE("watchdog_core: as many spares as there are blocked workers, up to a limit") {
  CHECK(spares_wanted(0, 64) == 0);
  CHECK(spares_wanted(3, 64) == 3);
  CHECK(spares_wanted(64, 64) == 64);
  CHECK(spares_wanted(65, 64) == 64);
}

} // namespace
} // namespace aiex
