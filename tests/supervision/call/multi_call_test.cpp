#include "aiex/supervision/call/multi_call.hpp"

#include "support/call_world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace aiex {
namespace {

using namespace std::chrono_literals;
using test::call_world;
using words = std::vector<std::string>;

struct several : call_world {
  registry names;

  several() { names.bind("a", other); }

  /// "a=1" for a reply, "b no_process" for who is missing.
  heard ask_all(const words& whom, int number = 1) {
    heard into = as_asker([=, this](caf::event_based_actor* self, const heard& told) {
      multi_call<int>(open, self, names, whom, 5s, number, [told](const multi_answer<int>& all) {
        told->push_back("once");
        for (const auto& [name, answer] : all.replies)
          told->push_back(name + '=' + std::to_string(answer));
        for (const auto& [name, why] : all.missing)
          told->push_back(name + ' ' + test::word_of(why));
      });
    });
    settle();
    return into;
  }
};

TEST_CASE_FIXTURE(several, "multi_call: all that answer, and who did not in time") {
  const caf::actor silent = spawn_slow();
  names.bind("b", silent);
  const heard all = ask_all({"a", "b", "c"});
  tell("answer");
  CHECK(all->empty()); // b may still answer
  advance(5s);
  CHECK(*all == words{"once", "a=1", "c no_process normal", "b time_out"});
  caf::anon_send(silent, std::string{"answer"});
  settle();
  CHECK(all->size() == 4);
  kill(silent);
}

TEST_CASE_FIXTURE(several, "multi_call: nobody waits for those who have ended") {
  names.bind("b", spawn_slow());
  const heard all = ask_all({"a", "b", "a"});
  tell("answer");
  tell("answer");
  kill(*names.find("b"));
  CHECK(*all == words{"once", "a=1", "a=1", "b ended killed"});
  CHECK(open.open_calls() == 0);
}

TEST_CASE_FIXTURE(several, "multi_call: to nobody is answered, too") {
  CHECK(*ask_all({}) == words{"once"});
}

TEST_CASE_FIXTURE(several, "multi_call: more names than its limit are all refused") {
  const heard most = ask_all(words(multi_call_names_max, "b"));
  CHECK(most->size() == multi_call_names_max + 1);
  CHECK(most->back() == "b no_process normal");
  const heard more = ask_all(words(multi_call_names_max + 1, "b"));
  CHECK(more->size() == multi_call_names_max + 2);
  CHECK(more->back() == "b overloaded");
}

} // namespace
} // namespace aiex
