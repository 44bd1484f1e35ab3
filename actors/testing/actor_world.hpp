// For tests of actors, ours and those of a user: a supervisor, a handler, whatever is spawned. Link
// aiex::aiex as a program does; any test framework will do.
//
//   aiex::testing::actor_world world;
//   const auto reminder = world.system.spawn(my_reminder);   // sends itself something in an hour
//   world.advance(std::chrono::hours{1});
//   CHECK(world.ask<std::uint64_t>(reminder, count_atom::value) == 1);
//
// What is pure needs no actor: given(…) and projected(…) in actors/typed/given.hpp.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace aiex::testing {

/// An actor system with one thread and a clock that moves only when told: the same order in every
/// run, and no test sleeps. A detached actor has a thread of its own, which no clock stops: leave
/// `caf::detached` out in tests. An actor that sends itself messages without end is handled before
/// all others, unlike in a node: give a restart that fails a limit or a backoff. Actors that hold
/// each other are to be ended (`kill`) before it goes. Thread: the test's.
class actor_world {
public:
  actor_world() {
    system.await_actors_before_shutdown(false); // a test may leave its actors running
  }

  /// Handles messages until no mailbox has one. Returns how many.
  std::size_t settle() { return scheduler_.run(); }

  /// Handles one message. False if there was none.
  bool step() { return scheduler_.try_run_once(); }

  /// Moves the clock, fires what came due, then settles.
  void advance(caf::timespan by) {
    scheduler_.advance_time(by);
    settle();
  }

  /// Time passes while an actor is busy: what came due is in the mailboxes when it has done.
  void pass(caf::timespan by) { scheduler_.advance_time(by); }

  /// Sends a request, settles, returns the answer. Throws if the answer is an error or none came.
  template <class Answer, class... Message>
  Answer ask(const caf::actor& target, Message... message) {
    caf::scoped_actor self{system};
    auto response = self->request(target, std::chrono::seconds{3'600}, std::move(message)...);
    settle();
    Answer answer{};
    response.receive([&](Answer& received) { answer = std::move(received); },
      [&](const caf::error& error) { throw std::runtime_error(system.render(error)); });
    return answer;
  }

  void kill(const caf::actor& target) {
    caf::anon_send_exit(target, caf::exit_reason::kill);
    settle();
  }

private:
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };
  config config_; // declared before the system that uses it

public:
  caf::actor_system system{config_};

private:
  caf::scheduler::test_coordinator& scheduler_ =
    dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
};

} // namespace aiex::testing
