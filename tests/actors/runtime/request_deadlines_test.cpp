#include "aiex/actors/runtime/request_deadlines.hpp"

#include "support/actor_world.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/sec.hpp>
#include <caf/stateful_actor.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::actor_world;

/// Keeps what it is asked and answers the oldest when told "answer"; ends when told "end".
struct slow_state {
  std::vector<std::pair<caf::response_promise, int>> asked;
};
caf::behavior slow(caf::stateful_actor<slow_state>* self) {
  return {
    [self](int number) { self->state.asked.emplace_back(self->make_response_promise(), number); },
    [self](const std::string& word) {
      if (word == "end")
        return self->quit(caf::exit_reason::user_shutdown);
      self->state.asked.front().first.deliver(self->state.asked.front().second);
      self->state.asked.erase(self->state.asked.begin());
    },
  };
}

struct deadline_world : actor_world {
  ~deadline_world() {
    for (const caf::actor& each : asking)
      kill(each);
    kill(other);
  }

  /// What one asker hears: a number, or "late", or another error.
  using heard = std::shared_ptr<std::vector<std::string>>;
  heard ask_for(int number, std::chrono::milliseconds timeout) {
    auto into = std::make_shared<std::vector<std::string>>();
    asking.push_back(system.spawn([=, this](caf::event_based_actor* self) -> caf::behavior {
      deadlines.request<int>(
        self, other, timeout, number,
        [into](int answer) { into->push_back(std::to_string(answer)); },
        [into](const caf::error& why) {
          into->push_back(why == caf::sec::request_timeout ? "late" : "failed");
        });
      return {[](const std::string&) {}}; // it stays
    }));
    settle();
    return into;
  }
  void tell(const std::string& word) {
    caf::anon_send(other, word);
    settle();
  }

  caf::actor other = system.spawn(slow);
  std::vector<caf::actor> asking;
  request_deadlines deadlines{system};
};

using words = std::vector<std::string>;

TEST_CASE_FIXTURE(deadline_world, "request_deadlines: who is answered in time hears the answer") {
  const heard first = ask_for(1, 5s);
  const heard second = ask_for(2, 5s);
  CHECK(deadlines.open_requests() == 2);
  advance(4'999ms);
  tell("answer");
  CHECK(*first == words{"1"});
  CHECK(second->empty());
  CHECK(deadlines.open_requests() == 1);
  advance(1ms);
  CHECK(*first == words{"1"});
  CHECK(*second == words{"late"});
  CHECK(deadlines.open_requests() == 0);
}

TEST_CASE_FIXTURE(deadline_world, "request_deadlines: an answer that comes too late is not heard") {
  const heard asker = ask_for(1, 1s);
  advance(1s);
  CHECK(*asker == words{"late"});
  tell("answer");
  CHECK(*asker == words{"late"});
}

// One timer for all: it must be set anew for a shorter one, and go on to the longer ones.
TEST_CASE_FIXTURE(deadline_world, "request_deadlines: each has its own time, in whatever order") {
  const heard long_one = ask_for(1, 30s);
  const heard short_one = ask_for(2, 1s);
  const heard middle = ask_for(3, 5s);
  advance(999ms);
  CHECK(short_one->empty());
  advance(1ms);
  CHECK(*short_one == words{"late"});
  CHECK(middle->empty());
  advance(4s);
  CHECK(*middle == words{"late"});
  const heard after = ask_for(4, 1s);
  advance(1s);
  CHECK(*after == words{"late"});
  CHECK(long_one->empty());
  advance(24s);
  CHECK(*long_one == words{"late"});
  CHECK(deadlines.open_requests() == 0);
}

TEST_CASE_FIXTURE(
  deadline_world, "request_deadlines: the end of who is asked is an error at once") {
  const heard asker = ask_for(1, 5s);
  tell("end");
  const heard later = ask_for(2, 5s);
  CHECK(*later == words{"failed"});
  advance(5s);
  CHECK(*asker == words{"late"}); // its message had been taken in
  CHECK(deadlines.open_requests() == 0);
}

TEST_CASE_FIXTURE(deadline_world, "request_deadlines: who has ended is forgotten") {
  ask_for(1, 5s);
  kill(asking.back());
  CHECK(deadlines.open_requests() == 1);
  advance(5s);
  CHECK(deadlines.open_requests() == 0);
  tell("answer");
}

} // namespace
} // namespace aiex
