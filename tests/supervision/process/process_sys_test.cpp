// Cases of sys_SUITE (suspend, stats, log) and of gen_server_SUITE (get_state, replace_state).
#include "aiex/supervision/process/process.hpp"
#include "aiex/supervision/process/sys_messages.hpp"

#include "support/sys_world.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::ledger_state;
using words = std::vector<std::string>;

TEST_CASE_FIXTURE(test::sys_world, "sys: tells its state") {
  tell("a");
  tell("b");
  CHECK(ask<std::string>(ledger, get_state_call{}) == "a b");
}

TEST_CASE_FIXTURE(test::sys_world, "sys: a state that says nothing shows its type and counters") {
  const caf::actor quiet = start(test::silent);
  CHECK(ask<std::string>(quiet, get_state_call{}) ==
        R"({"type":"aiex::test::silent_state","messages_in":1,"handled":0})");
  const caf::actor stateless = start(test::stateless);
  CHECK(ask<std::string>(stateless, get_state_call{}) == R"({"messages_in":1,"handled":0})");
  const caf::actor teller = start(test::teller);
  CHECK(ask<std::string>(teller, get_state_call{}) == "what it was told to say");
  for (const caf::actor& each : {quiet, stateless, teller})
    kill(each);
}

TEST_CASE_FIXTURE(test::sys_world, "sys: who throws when asked for its state goes on") {
  const caf::actor it = start(test::tongue_tied);
  CHECK_THROWS_WITH(ask<std::string>(it, get_state_call{}), doctest::Contains("cannot say"));
  CHECK_FALSE(has_ended(it));
  kill(it);
}

TEST_CASE_FIXTURE(test::sys_world, "sys: a long state is cut at 64 KiB") {
  tell(std::string(100'000, 'x'));
  const auto text = ask<std::string>(ledger, get_state_call{});
  CHECK(text.size() == sys_bytes_max);
  CHECK(text.ends_with("(cut: 100000 bytes in all)"));
}

TEST_CASE_FIXTURE(test::sys_world, "sys: its state is replaced, for tests, or left as it was") {
  tell("a");
  const auto add = replaces<ledger_state>([](ledger_state& it) { it.words.push_back("z"); });
  CHECK(ask<std::string>(ledger, add) == "a z");
  const auto fail = replaces<ledger_state>([](ledger_state& it) {
    it.words.clear();
    throw std::runtime_error{"cannot"};
  });
  CHECK_THROWS_WITH(ask<std::string>(ledger, fail), doctest::Contains("cannot"));
  CHECK_THROWS(ask<std::string>(ledger, replaces<int>([](int&) {})));
  CHECK(ask<std::string>(ledger, get_state_call{}) == "a z");
}

TEST_CASE_FIXTURE(test::sys_world, "sys: while it is suspended all waits, in its order") {
  suspend();
  suspend(); // is the same
  tell("a");
  tell_urgently("urgent");
  tell("b");
  CHECK(ask<std::string>(ledger, get_state_call{}).empty());
  CHECK(ask<process_statistics>(ledger, statistics_call{}).is_suspended);
  CHECK(ask<process_statistics>(ledger, statistics_call{}).waiting == 3);
  tell("c");
  resume();
  CHECK(ask<std::string>(ledger, get_state_call{}) == "urgent a b c");
  CHECK_FALSE(ask<process_statistics>(ledger, statistics_call{}).is_suspended);
  resume(); // changes nothing
  tell("d");
  CHECK(ask<std::string>(ledger, get_state_call{}) == "urgent a b c d");
}

TEST_CASE_FIXTURE(test::sys_world, "sys: responses, time-outs and downs wait, too") {
  caf::actor watched = start(test::silent);
  caf::anon_send(ledger, test::watch_atom::value, watched);
  caf::anon_send(ledger, test::ask_atom::value, start_ledger());
  caf::anon_send(ledger, test::wake_atom::value, 5);
  step(); // the three are handled, and nothing of what comes of them
  step();
  step();
  caf::anon_send(ledger, suspend_call{});
  settle();
  kill(watched);
  advance(10s);
  CHECK(ask<std::string>(ledger, get_state_call{}).empty());
  resume();
  const auto kept = ask<std::string>(ledger, get_state_call{});
  CHECK(kept.find("answer") != std::string::npos);
  CHECK(kept.find("down") != std::string::npos);
  CHECK(kept.find("woken") != std::string::npos);
}

TEST_CASE_FIXTURE(test::sys_world, "sys: the call time-outs of callers go on") {
  suspend();
  const auto answers = call_it(1s);
  CHECK(answers->empty());
  advance(2s);
  CHECK(*answers == words{"time_out"});
  resume();
  CHECK(*answers == words{"time_out"}); // the answer comes too late
}

TEST_CASE_FIXTURE(test::sys_world, "sys: a suspended one can be killed, and told to end") {
  struct example {
    const char* name;
    caf::error reason;
    std::string text;
  };
  const example table[] = {
    {"told to", caf::exit_reason::user_shutdown, "shutdown"},
    {"killed", caf::exit_reason::kill, "killed"},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    const caf::actor it = start_ledger();
    ask_nothing(it, suspend_call{});
    const auto answers = call_it(1h, it);
    CHECK(answers->empty());
    caf::anon_send(it, caf::exit_msg{{}, row.reason});
    settle();
    REQUIRE(end_of(it));
    CHECK(exit_text(*end_of(it)) == row.text);
    CHECK(*answers == words{"ended " + row.text}); // what waited is answered
  }
}

// In OTP the virtual machine ends who does not trap, suspended or not, and the exits that a process
// traps are messages.
TEST_CASE_FIXTURE(test::sys_world, "sys: links are heard at once, or wait if exits are trapped") {
  struct example {
    const char* name;
    bool traps;
    bool ends;
  };
  for (const example& row : {example{"ends at once", false, true}, {"waits", true, false}}) {
    CAPTURE(row.name);
    const auto heard_exits = std::make_shared<words>();
    const caf::actor far = start(test::silent);
    const caf::actor it = start_linked(far, row.traps, heard_exits);
    ask_nothing(it, suspend_call{});
    kill(far);
    CHECK(has_ended(it) == row.ends);
    CHECK(heard_exits->empty());
    if (row.ends)
      continue;
    ask_nothing(it, resume_call{});
    CHECK(*heard_exits == words{"killed"});
    kill(it);
  }
}

TEST_CASE_FIXTURE(test::sys_world, "sys: who does not come back from a handler does not answer") {
  const auto answers = std::make_shared<words>();
  const caf::actor asking_one = as_asker_of_state(answers, 1s); // asks behind `work`
  CHECK(*answers == words{"time_out"});
  kill(asking_one);
}

TEST_CASE_FIXTURE(test::sys_world, "sys: who ends in order is not suspended any more") {
  const caf::actor it = start(test::orderly);
  ask_nothing(it, suspend_call{});
  caf::anon_send(it, std::string{"a last word"});
  settle();
  caf::anon_send(it, caf::exit_msg{{}, caf::exit_reason::user_shutdown});
  settle();
  CHECK(has_ended(it));
}

TEST_CASE_FIXTURE(test::sys_world, "sys: counts from the beginning") {
  advance(5s);
  tell("a");
  caf::anon_send(ledger, test::work_atom::value, 3);
  settle();
  const auto counted = ask<process_statistics>(ledger, statistics_call{});
  CHECK(counted.now - counted.started == 8s);
  CHECK(counted.messages_in == 3); // with the one that asks
  CHECK(counted.handled == 2);
  CHECK(counted.in_turns == 3s);
  CHECK(counted.turn_longest == 3s);
  CHECK(counted.waiting == 0);
}

TEST_CASE_FIXTURE(test::sys_world, "sys: a trace has the last messages, until it is off") {
  tell("before");
  ask_nothing(ledger, trace_call{true, 2});
  CHECK(ask<process_trace>(ledger, get_trace_call{}).events.empty()); // not those of sys
  tell("a");
  tell("b");
  caf::anon_send(ledger, test::work_atom::value, 3);
  settle();
  const auto told = ask<process_trace>(ledger, get_trace_call{});
  CHECK(told.is_on);
  CHECK(told.left_out == 1);
  REQUIRE(told.events.size() == 2);
  CHECK(told.events[0].message == "str");
  CHECK(told.events[0].outcome == trace_outcome::handled);
  CHECK(told.events[1].took == 3s);
  ask_nothing(ledger, trace_call{false});
  CHECK(ask<process_trace>(ledger, get_trace_call{}).events.empty());
  tell("c");
  CHECK(ask<process_trace>(ledger, get_trace_call{}).events.empty());
}

TEST_CASE_FIXTURE(test::sys_world, "sys: a trace tells what was put back until another came") {
  const caf::actor it = start(test::choosy);
  ask_nothing(it, trace_call{});
  caf::anon_send(it, 7); // is not wanted yet
  settle();
  caf::anon_send(it, std::string{"now"});
  settle();
  const auto told = ask<process_trace>(it, get_trace_call{});
  REQUIRE(told.events.size() == 3);
  CHECK(told.events[0].message == "i32");
  CHECK(told.events[0].outcome == trace_outcome::put_back);
  CHECK(told.events[1].outcome == trace_outcome::handled);
  CHECK(told.events[2].message == "i32");
  CHECK(told.events[2].outcome == trace_outcome::handled);
  kill(it);
}

TEST_CASE_FIXTURE(test::sys_world, "sys: a trace ends by itself after ten minutes") {
  ask_nothing(ledger, trace_call{});
  tell("a");
  advance(10min);
  tell("b");
  const auto told = ask<process_trace>(ledger, get_trace_call{});
  CHECK_FALSE(told.is_on);
  CHECK(told.events.size() == 1);
}

TEST_CASE_FIXTURE(test::sys_world, "sys: a trace of no events, or of too many, is refused") {
  for (const std::size_t events_max : {std::size_t{0}, trace_events_max + 1})
    CHECK_THROWS_WITH(
      ask_nothing(ledger, trace_call{true, events_max}), doctest::Contains("1 to 1000 events"));
  CHECK_FALSE(ask<process_statistics>(ledger, statistics_call{}).is_traced);
}

} // namespace
} // namespace aiex
