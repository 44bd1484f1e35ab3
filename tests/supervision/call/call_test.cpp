#include "aiex/supervision/call/call.hpp"
#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/process/process.hpp"
#include "aiex/supervision/process/sys_messages.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include "support/call_world.hpp"
#include "support/remote_world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::call_world;
using words = std::vector<std::string>;

TEST_CASE_FIXTURE(call_world, "call: who is answered in time hears the answer") {
  const heard first = ask_for(1, 5s);
  const heard second = ask_for(2, 5s);
  CHECK(open.open_calls() == 2);
  advance(4'999ms);
  tell("answer");
  CHECK(*first == words{"1"});
  CHECK(second->empty());
  CHECK(open.open_calls() == 1);
  advance(1ms);
  CHECK(*first == words{"1"});
  CHECK(*second == words{"time_out"});
  CHECK(open.open_calls() == 0);
}

TEST_CASE_FIXTURE(call_world, "call: an answer that comes too late is never heard") {
  const heard asker = ask_for(1, 1s);
  advance(1s);
  CHECK(*asker == words{"time_out"});
  tell("answer");
  CHECK(*asker == words{"time_out"});
}

// The asker is busy; when it looks, the answer lies before the word that the time is over.
TEST_CASE_FIXTURE(call_world, "call: an answer that lies in the mailbox wins over the time-out") {
  const heard asker = ask_for(1, 1s);
  caf::anon_send(other, std::string{"answer"});
  REQUIRE(step()); // it answers
  pass(2s);        // the timer has the time
  settle();
  CHECK(*asker == words{"1"});
  CHECK(open.open_calls() == 0);
}

TEST_CASE_FIXTURE(call_world, "call: a time-out of nothing is over unless answered") {
  const heard asker = ask_for(1, 0s);
  advance(0s);
  CHECK(*asker == words{"time_out"});
}

// One timer for all: it must be set anew for a shorter one, and go on to the longer ones.
TEST_CASE_FIXTURE(call_world, "call: each has its own time, in whatever order") {
  const heard long_one = ask_for(1, 30s);
  const heard short_one = ask_for(2, 1s);
  const heard middle = ask_for(3, 5s);
  advance(999ms);
  CHECK(short_one->empty());
  advance(1ms);
  CHECK(*short_one == words{"time_out"});
  CHECK(middle->empty());
  advance(4s);
  CHECK(*middle == words{"time_out"});
  const heard after = ask_for(4, 1s);
  advance(1s);
  CHECK(*after == words{"time_out"});
  CHECK(long_one->empty());
  advance(24s);
  CHECK(*long_one == words{"time_out"});
  CHECK(open.open_calls() == 0);
}

// CAF answers only what is still queued, and never with the reason.
TEST_CASE_FIXTURE(call_world, "call: the end of who is called answers at once, with its reason") {
  struct example {
    const char* word;
    words heard_by_first; // it was taken in and has a promise
    words heard_by_second;
  };
  const example table[] = {
    {"end", {"ended shutdown"}, {"ended shutdown"}},
    {"end normally", {"ended normal"}, {"ended normal"}},
    {"fail", {"ended no money"}, {"ended no money"}},
    {"throw", {"ended thrown"}, {"ended thrown"}},
    {"answer, end", {"1"}, {"ended shutdown"}},
  };
  for (const example& row : table) {
    CAPTURE(row.word);
    begin_anew();
    const heard first = ask_for(1, 5s);
    caf::anon_send(other, std::string{row.word});
    const heard second = start_asking(2, 5s); // behind it in the mailbox
    settle();
    CHECK(*first == row.heard_by_first);
    CHECK(*second == row.heard_by_second);
    CHECK(open.open_calls() == 0);
    advance(5s);
    CHECK(*first == row.heard_by_first);
    CHECK(*second == row.heard_by_second);
  }
}

TEST_CASE_FIXTURE(call_world, "call: a kill answers at once, what was taken in and what waits") {
  const heard first = ask_for(1, 5s);
  const heard waiting = start_asking(3, 5s);
  caf::anon_send_exit(other, caf::exit_reason::kill);
  const heard second = start_asking(2, 5s);
  settle();
  CHECK(*first == words{"ended killed"});
  CHECK(*waiting == words{"ended killed"});
  CHECK(*second == words{"no_process killed"}); // it was dead already
}

TEST_CASE_FIXTURE(call_world, "call: what the called one throws answers with what it says") {
  const heard asker = ask_for(-1, 5s);
  CHECK(*asker == words{"ended less than nothing"});
}

TEST_CASE_FIXTURE(call_world, "call: who had ended before is no process, and says why") {
  tell("fail");
  CHECK(*ask_for(1, 5s) == words{"no_process no money"});
  CHECK(open.open_calls() == 0);
}

TEST_CASE_FIXTURE(call_world, "call: nobody is no process, neither as null nor by name") {
  other = {};
  CHECK(*ask_for(1, 5s) == words{"no_process normal"});
  const registry names;
  const heard asker = as_asker([=, this](caf::event_based_actor* self, const heard& into) {
    open.call<int>(self, names, "absent", 5s, 1, note_into(into));
  });
  settle();
  CHECK(*asker == words{"no_process normal"});
}

TEST_CASE_FIXTURE(call_world, "call: a name leads to who has it now") {
  const registry names;
  names.bind("slow", other);
  const heard asker = as_asker([=, this](caf::event_based_actor* self, const heard& into) {
    open.call<int>(self, names, "slow", 5s, 1, note_into(into));
  });
  settle();
  tell("answer");
  CHECK(*asker == words{"1"});
}

TEST_CASE_FIXTURE(call_world, "call: an actor that calls itself is refused") {
  const heard asker = as_asker([this](caf::event_based_actor* self, const heard& into) {
    open.call<int>(self, caf::actor_cast<caf::actor>(self), 5s, 1, note_into(into));
    CHECK(into->empty()); // never before `call` has returned
  });
  settle();
  CHECK(*asker == words{"calling_self"});
}

TEST_CASE_FIXTURE(call_world, "call: an answer that is an error is refused, and it lives") {
  CHECK(*ask_for(0, 5s) == words{"refused no zero"});
  const heard asker = as_asker([this](caf::event_based_actor* self, const heard& into) {
    open.call<int>(self, other, 5s, 1.5, note_into(into));
  });
  settle();
  CHECK(*asker == words{"refused unexpected_message"});
  CHECK(*ask_for(0, 5s) == words{"refused no zero"});
}

TEST_CASE_FIXTURE(call_world, "call: an answer may be nothing") {
  const heard asker = as_asker([this](caf::event_based_actor* self, const heard& into) {
    open.call<void>(self, other, 5s, std::string{"do nothing"},
      [into](const tl::expected<void, call_error>& done) { into->push_back(done ? "done" : "?"); });
  });
  settle();
  CHECK(*asker == words{"done"});
}

// Whoever has it then answers; but what was called is watched, as by gen:call.
TEST_CASE_FIXTURE(call_world, "call: who passes a call on and ends has ended") {
  const caf::actor behind = std::exchange(other, {});
  other = system.spawn([behind](caf::event_based_actor* self) -> caf::behavior {
    return {[self, behind](int number) { return self->delegate(behind, number); },
      [self](const std::string&) { self->quit(caf::exit_reason::user_shutdown); }};
  });
  const heard answered = ask_for(1, 5s);
  caf::anon_send(behind, std::string{"answer"});
  settle();
  CHECK(*answered == words{"1"});
  const heard left = ask_for(2, 5s);
  tell("end");
  CHECK(*left == words{"ended shutdown"});
  kill(behind);
}

// It lives; so nobody says for which reason the other one had ended.
TEST_CASE_FIXTURE(call_world, "call: passed on to one that has ended, it is answered at once") {
  const caf::actor behind = std::exchange(other, {});
  kill(behind);
  other = system.spawn([behind](caf::event_based_actor* self) -> caf::behavior {
    return {[self, behind](int number) { return self->delegate(behind, number); }};
  });
  CHECK(*ask_for(1, 5s) == words{"ended request_receiver_down"});
}

TEST_CASE_FIXTURE(call_world, "call: ten thousand open calls are answered by one end") {
  constexpr std::size_t count = 10'000;
  const heard all = as_asker([this](caf::event_based_actor* self, const heard& into) {
    for (std::size_t i = 0; i < count; ++i)
      open.call<int>(self, other, 5s, static_cast<int>(i + 1), note_into(into));
  });
  settle();
  CHECK(open.open_calls() == count);
  caf::anon_send(other, std::string{"end"});
  const std::size_t steps = settle();
  CHECK(*all == words(count, "ended shutdown"));
  CHECK(open.open_calls() == 0);
  CHECK(steps <= count + 10); // one message each
}

// A hundred thousand messages wait on both sides: the call handles its own few, none twice.
TEST_CASE_FIXTURE(call_world, "call: a long mailbox makes no call dearer") {
  constexpr std::size_t count = 100'000;
  const heard alone = ask_for(1, 5s);
  caf::anon_send(other, std::string{"answer"});
  const std::size_t steps = settle();
  REQUIRE(*alone == words{"1"});
  const heard asker = ask_for(2, 5s);
  for (std::size_t i = 0; i < count; ++i) {
    caf::anon_send(other, std::string{"do nothing"});
    caf::anon_send(asking.back(), std::string{"do nothing"});
  }
  caf::anon_send(other, std::string{"answer"});
  CHECK(settle() == steps + 2 * count);
  CHECK(*asker == words{"2"});
}

TEST_CASE_FIXTURE(call_world, "call: more than may be open are refused, none is sent") {
  open = calls{system, 2};
  const heard first = ask_for(1, 5s);
  const heard second = ask_for(2, 5s);
  CHECK(*ask_for(3, 5s) == words{"overloaded"});
  tell("answer");
  const heard fourth = ask_for(4, 5s);
  tell("answer");
  tell("answer");
  CHECK(*second == words{"2"});
  CHECK(*fourth == words{"4"});
}

TEST_CASE_FIXTURE(call_world, "call: who has called and ended is forgotten") {
  ask_for(1, 5s);
  kill(asking.back());
  CHECK(open.open_calls() == 1);
  advance(5s);
  CHECK(open.open_calls() == 0);
  tell("answer");
}

TEST_CASE_FIXTURE(call_world, "stop: who is told to end is waited for") {
  struct example {
    const char* name;
    caf::error reason;
    const char* before; // what it is told first
    words heard;
  };
  const example table[] = {
    {"shutdown", shutdown_reason(), "", {"stopped"}},
    {"killed", caf::exit_reason::kill, "", {"stopped"}},
    {"normally", caf::exit_reason::normal, "", {"stopped"}},
    {"for a reason", caf::sec::runtime_error, "", {"stopped"}},
    {"ended for another", shutdown_reason(), "fail", {"ended no money"}},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    begin_anew();
    caf::anon_send(other, std::string{row.before});
    const heard asker = as_stopper(row.reason);
    settle();
    CHECK(*asker == row.heard);
    CHECK(has_ended(other));
    CHECK(*as_stopper(row.reason) == words{});
    settle();
  }
  const heard late = as_stopper(shutdown_reason());
  settle();
  CHECK(*late == words{"no_process no money"});
}

TEST_CASE_FIXTURE(call_world, "stop: who does not heed it is a time-out") {
  const caf::actor deaf = system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->set_exit_handler([](const caf::exit_msg&) {});
    return {[](int) {}};
  });
  kill(std::exchange(other, deaf));
  settle();
  const heard asker = as_stopper(shutdown_reason());
  settle();
  advance(5s);
  CHECK(*asker == words{"time_out"});
}

TEST_CASE("call_timeout: an hour at most, and never less than nothing asked for") {
  CHECK(call_timeout{1h}.time() == 1h);
  CHECK(call_timeout{1us}.time() == 1ms); // never less than was asked for
  CHECK_THROWS_AS(call_timeout{1h + 1ms}, std::invalid_argument);
  CHECK_THROWS_AS(call_timeout{std::chrono::hours::max()}, std::invalid_argument);
  CHECK_THROWS_AS(call_timeout{std::chrono::seconds::max()}, std::invalid_argument);
  CHECK(call_timeout{-1s}.time() == 0s);
  CHECK(call_timeout{std::chrono::hours::min()}.time() == 0s);
}

TEST_CASE("call_error: its text says what, why and what to do") {
  CHECK(text({call_errc::ended, caf::exit_reason::kill}) ==
        "it ended before it answered (killed); it may be back in a moment, call again");
  CHECK(text({call_errc::no_process}) == "nobody was there to be called; ask for its name again");
}

/// One that is called over a real socket.
struct remote_calls : test::remote_world {
  calls open{near};

  caf::actor slow_of_far() {
    return from_near(keep(std::get<started>(spawn_eager(far, test::slow)).actor));
  }
  void ask(const caf::actor& whom, int number) {
    const call_world::beginning begin = [&](caf::event_based_actor* self, const auto&) {
      open.call<int>(self, whom, 1min, number, [its = heard](const auto& answer) {
        its->add(answer ? std::to_string(*answer) : test::word_of(answer.error()));
      });
    };
    keep(std::get<started>(spawn_eager(near, call_world::asker, begin, nullptr)).actor);
  }
};

TEST_CASE("call: a remote one that ends is heard at once, with its reason") {
  const std::pair<const char*, const char*> table[] = {{"end", "ended shutdown"},
    {"end normally", "ended normal"}, {"fail", "ended no money"}, {"throw", "ended thrown"}};
  for (const auto& [how, why] : table) {
    CAPTURE(how);
    remote_calls world;
    const caf::actor whom = world.slow_of_far();
    const caf::actor there = world.all_of_far().back();
    world.tell(there, suspend_call{}); // else it could have ended before it is asked again
    world.ask(whom, 1);
    caf::anon_send(whom, std::string{how});
    world.ask(whom, 2); // it may be in the mailbox, or on its way
    world.tell(there, resume_call{});
    CHECK(world.heard->after(2) == words{why, why});
    world.ask(whom, 3);
    CHECK(world.heard->after(3).back() == "no_process" + std::string{why}.substr(5));
    CHECK(world.open.open_calls() == 0);
  }
}

TEST_CASE_FIXTURE(
  remote_calls, "call: a remote one is answered, though nobody else has its handle") {
  ask(slow_of_far(), 0);
  CHECK(heard->after(1) == words{"refused no zero"});
  ask(slow_of_far(), 5);
  for (const caf::actor& each : all_of_far())
    caf::anon_send(from_near(each), std::string{"end"}); // behind the call
  CHECK(heard->after(2).back() == "ended shutdown");
}

TEST_CASE_FIXTURE(
  remote_calls, "call: when the connection is lost, and after that, its node is down") {
  const caf::actor whom = slow_of_far();
  ask(whom, 1);
  ask(slow_of_far(), 2); // of whom nobody else has a handle
  cut();
  CHECK(heard->after(2) == words{"node_down", "node_down"});
  REQUIRE(test::eventually([&] { return has_ended(whom); }));
  ask(whom, 3);
  CHECK(heard->after(3).back() == "node_down");
}

} // namespace
} // namespace aiex
