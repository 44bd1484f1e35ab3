#include "aiex/actors/flow/store.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include "support/flow_world.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::flow_world;
using test::id_of;
using test::numbered_appends;
using test::one;

/// A world whose gate lets few in.
struct narrow_world : flow_world {
  narrow_world() : flow_world({.appends = 3, .bytes = 40}) {}
};

event counted(std::uint64_t id, std::string data = "{}") {
  return {.id = id_of(id), .type = "counted", .data = std::move(data)};
}

store_statistics statistics(flow_world& world) {
  return world.ask<store_statistics>(world.writer, store_statistics_call{});
}

TEST_CASE_FIXTURE(flow_world, "store: what piles up is one group, answered in its order") {
  const auto first = append(numbered_appends(1, 10));
  REQUIRE(first.size() == 10);
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].request == i);
    REQUIRE(first[i].outcome);
    CHECK(first[i].outcome->parts.front().version == i + 1);
  }
  CHECK(statistics(*this).groups == 1);

  append(numbered_appends(11, 1));
  const store_statistics after = statistics(*this);
  CHECK(after.groups == 2);
  CHECK(after.appends == 11);
  CHECK(after.events == 11);
  CHECK(after.waiting == 0);
}

TEST_CASE_FIXTURE(flow_world, "store: each append of a group has its own answer") {
  const auto answers = append(
    {one("s", counted(1), expected_version::none()), one("s", counted(2), expected_version::none()),
      one("s", counted(1), expected_version::none()), one("s", counted(1, "[]"))});
  REQUIRE(answers.size() == 4);
  REQUIRE(answers[0].outcome);
  CHECK_FALSE(answers[0].outcome->repeated);
  REQUIRE_FALSE(answers[1].outcome);
  CHECK(answers[1].outcome.error().code == errc::wrong_expected_version);
  CHECK(answers[1].outcome.error().actual == 1);
  REQUIRE(answers[2].outcome);
  CHECK(answers[2].outcome->repeated);
  REQUIRE_FALSE(answers[3].outcome);
  CHECK(answers[3].outcome.error().code == errc::duplicate_id);

  const store_statistics after = statistics(*this);
  CHECK(after.groups == 1);
  CHECK(after.appends == 2);
  CHECK(after.refusals == 2);
  CHECK(after.events == 1);
}

TEST_CASE_FIXTURE(flow_world, "store: a group ends at its limit, the next one begins there") {
  const auto answers = append(numbered_appends(1, limits::events_per_group_max + 1));
  REQUIRE(answers.size() == limits::events_per_group_max + 1);
  for (std::size_t i = 0; i < answers.size(); ++i)
    REQUIRE(answers[i].outcome->parts.front().version == i + 1);
  CHECK(statistics(*this).groups == 2);
}

TEST_CASE_FIXTURE(flow_world, "store: what is acknowledged can be read when the answer comes") {
  for (const answered& each : append(numbered_appends(1, 5)))
    CHECK(each.head >= each.outcome->parts.front().last_position);
  const auto page = read({});
  REQUIRE(page);
  CHECK((*page)->events.size() == 5);
}

TEST_CASE_FIXTURE(narrow_world, "store: beyond the gate it is overloaded, at once and unwritten") {
  const auto answers = append(numbered_appends(1, 5));
  REQUIRE(answers.size() == 5);
  CHECK(answers[0].request == 3); // refused before the others are answered
  CHECK(answers[1].request == 4);
  for (std::size_t i = 0; i < 2; ++i) {
    REQUIRE_FALSE(answers[i].outcome);
    CHECK(answers[i].outcome.error().code == errc::overloaded);
    CHECK(answers[i].outcome.error().message.find("3 appends or 40 bytes") != std::string::npos);
    CHECK(answers[i].head == position{});
  }
  for (std::size_t i = 2; i < 5; ++i)
    CHECK(answers[i].outcome);
  CHECK(log->head()->position == position{3});

  CHECK(events.gate().appends() == 0);
  CHECK(events.gate().bytes() == 0);
  const auto repeated = append(numbered_appends(4, 2));
  REQUIRE(repeated.size() == 2);
  CHECK(repeated[1].outcome->parts.front().version == 5);
}

TEST_CASE_FIXTURE(narrow_world, "store: the gate counts bytes too, and lets a large one in alone") {
  const std::string large = '"' + std::string(100, 'x') + '"';
  const auto answers = append({one("s", counted(1, large)), one("s", counted(2))});
  REQUIRE(answers.size() == 2);
  CHECK(answers[0].request == 1);
  CHECK(answers[0].outcome.error().code == errc::overloaded);
  CHECK(answers[1].outcome);
}

// Also those who were not in the group that failed, and at once: nobody waits for a time-out.
TEST_CASE_FIXTURE(flow_world, "store: a failed sync ends the writer, and everybody is answered") {
  append(numbered_appends(1, 1));
  media.log.fail_next_sync(false);
  const std::size_t count = limits::events_per_group_max + 2;
  const auto answers = append(numbered_appends(2, count));

  REQUIRE(answers.size() == count);
  for (const answered& each : answers) {
    CAPTURE(each.request);
    REQUIRE_FALSE(each.outcome);
    CHECK(each.outcome.error().code == errc::io);
    CHECK(each.head == position{1});
  }
  REQUIRE(failures->size() == 1);
  CHECK(failures->front().code == errc::io);
  CHECK(events.gate().appends() == 0);

  const auto later = append(numbered_appends(5'000, 1));
  REQUIRE(later.size() == 1);
  CHECK(later.front().outcome.error().code == errc::unknown_outcome);
  CHECK(failures->size() == 1);
  CHECK(read({})->get()->events.size() == 1); // what was acknowledged is still read
}

TEST_CASE_FIXTURE(flow_world, "store: those who were just answered are waited for, not for long") {
  commit_takes = 900us;
  append(numbered_appends(1, 8));
  CHECK(statistics(*this).groups == 1);
  append(numbered_appends(9, 1)); // of the 9 that were there, nearly all is 8
  append(numbered_appends(10, 6));
  CHECK(statistics(*this).groups == 1);
  CHECK(statistics(*this).waiting == 7);
  SUBCASE("nearly all have come") {
    commit_takes = 270us; // over before the time that was set for the first waiting
    append(numbered_appends(16, 1));
    CHECK(statistics(*this).groups == 2);
    append(numbered_appends(17, 1));
    advance(89us);
    CHECK(statistics(*this).groups == 2);
    advance(1us);
    CHECK(statistics(*this).groups == 3);
  }
  SUBCASE("the time is over") {
    advance(299us);
    CHECK(statistics(*this).groups == 1);
    advance(1us);
    CHECK(statistics(*this).groups == 2);
  }
  CHECK(statistics(*this).waiting == 0);
}

TEST_CASE_FIXTURE(flow_world, "store: what does not fit any more ends the waiting") {
  commit_takes = 900us;
  append(numbered_appends(1, 8));
  append(numbered_appends(9, 1));
  CHECK(statistics(*this).waiting == 1);
  append_request large = one("large", counted(10));
  while (large.parts.front().events.size() < limits::events_per_group_max)
    large.parts.front().events.push_back(counted(10 + large.parts.front().events.size()));
  commit_takes = 90us; // over before the time that was set for the waiting
  CHECK(append({large}).size() == 1);
  CHECK(statistics(*this).groups == 3);
  CHECK(statistics(*this).waiting == 0);
}

/// Takes every request and answers none.
struct silent_state {
  std::vector<caf::response_promise> promises;
};
caf::behavior silent(caf::stateful_actor<silent_state>* self) {
  return {
    [self](append_call&) { self->state.promises.push_back(self->make_response_promise()); },
    [self](const read_call&) { self->state.promises.push_back(self->make_response_promise()); },
  };
}

TEST_CASE_FIXTURE(flow_world, "store: without an answer in time the outcome is unknown") {
  const caf::actor mute = keep(system.spawn(silent));
  const store slow{mute, {mute}, log, std::make_shared<append_gate>()};
  const appends_under_way appended = begin(slow, numbered_appends(1, 1));
  const read_under_way page = begin(slow, query{});
  settle();
  advance(9s);
  CHECK(appended->empty());
  CHECK_FALSE(page->has_value());
  advance(1s);
  REQUIRE(appended->size() == 1);
  CHECK(appended->front().outcome.error().code == errc::unknown_outcome);
  CHECK(appended->front().outcome.error().message.find("same ids") != std::string::npos);
  REQUIRE(page->has_value());
  CHECK((*page)->error().code == errc::time_out);
}

TEST_CASE_FIXTURE(flow_world, "store: readers answer pages and what follows, damage is an error") {
  append(numbered_appends(1, 5));
  append(numbered_appends(6, 5));
  std::vector<std::uint64_t> found;
  std::size_t pages = 0;
  for (std::optional<query> next = query{}; next; ++pages) {
    const auto page = read(*next, {.events = 3});
    REQUIRE(page);
    for (const recorded_event& each : (*page)->events)
      found.push_back(each.position.value);
    next = (*page)->rest;
  }
  CHECK(found == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(pages >= 4);

  media.log.flip_bit(2, 500);
  CHECK(read({.after = {5}}).error().code == errc::corrupt);
  CHECK(read({.up_to = {5}})->get()->events.size() == 5);
}

TEST_CASE_FIXTURE(flow_world, "store: followers hear where the log is, at once and after commits") {
  append(numbered_appends(1, 2));
  const auto heard = std::make_shared<std::vector<std::uint64_t>>();
  const auto follower = [heard](caf::event_based_actor*) -> caf::behavior {
    return {[heard](const applied& now) { heard->push_back(now.head.value); }};
  };
  const caf::actor first = keep(system.spawn(follower));
  caf::anon_send(writer, follow_log{first});
  settle();
  CHECK(*heard == std::vector<std::uint64_t>{2});
  append(numbered_appends(3, 3));
  CHECK(*heard == std::vector<std::uint64_t>{2, 5});

  kill(first);
  append(numbered_appends(6, 1));
  CHECK(*heard == std::vector<std::uint64_t>{2, 5});
  caf::anon_send(writer, follow_log{keep(system.spawn(follower))});
  append(numbered_appends(7, 1));
  CHECK(*heard == std::vector<std::uint64_t>{2, 5, 6, 7});
}

/// Appends, after it was killed or before it quits.
caf::behavior writes_last(caf::event_based_actor* self, store events, caf::exit_reason why) {
  return {[self, events, why](int) {
    const bool is_killed = why == caf::exit_reason::kill;
    if (is_killed)
      caf::anon_send_exit(caf::actor{self}, why);
    events.append(self, one("s", counted(1)), 1s, [](const result<append_result>&) {});
    if (!is_killed)
      self->quit(why);
  }};
}

TEST_CASE_FIXTURE(flow_world, "store: refuses what a killed actor still appends") {
  struct example {
    const char* name;
    caf::exit_reason why;
    std::uint64_t refusals;
    position head;
  };
  const example table[] = {
    {"one that was killed is not", caf::exit_reason::kill, 1, position{}},
    {"one that ends by itself is heard", caf::exit_reason::user_shutdown, 0, position{1}},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    const auto before = statistics(*this).refusals;
    const auto made = spawn_eager(system, writes_last, events, row.why);
    caf::anon_send(std::get<started>(made).actor, 1);
    settle();
    CHECK(log->head()->position == row.head);
    CHECK(statistics(*this).refusals - before == row.refusals);
    CHECK(events.gate().appends() == 0);
  }
}

} // namespace
} // namespace aiex
