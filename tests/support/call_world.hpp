// One that answers when told, and those that call it.
#pragma once

#include "aiex/supervision/call/call.hpp"
#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include "support/actor_world.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/sec.hpp>
#include <caf/stateful_actor.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

/// Keeps the numbers it is asked for and answers the oldest when told "answer"; refuses 0 and
/// throws at less.
struct slow_state {
  std::deque<std::pair<caf::response_promise, int>> asked;
};
inline caf::behavior slow(caf::stateful_actor<slow_state>* self) {
  const auto answer = [self] {
    self->state.asked.front().first.deliver(self->state.asked.front().second);
    self->state.asked.pop_front();
  };
  return {
    [self](int number) {
      if (number < 0)
        throw std::runtime_error{"less than nothing"};
      auto promise = self->make_response_promise();
      if (number == 0)
        promise.deliver(caf::make_error(caf::sec::runtime_error, std::string{"no zero"}));
      else
        self->state.asked.emplace_back(std::move(promise), number);
    },
    [self, answer](const std::string& word) {
      if (word.starts_with("answer"))
        answer();
      if (word.ends_with("end"))
        self->quit(caf::exit_reason::user_shutdown);
      if (word == "end normally")
        self->quit();
      if (word == "fail")
        self->quit(caf::make_error(caf::sec::runtime_error, std::string{"no money"}));
      if (word == "throw")
        throw std::runtime_error{"thrown"};
    },
  };
}

inline std::string word_of(const call_error& why) {
  static constexpr const char* names[] = {
    "", "time_out", "no_process", "ended", "node_down", "calling_self", "overloaded", "refused"};
  const std::string name = names[static_cast<std::size_t>(why.code)];
  const bool has_reason = why.code == call_errc::no_process || why.code == call_errc::ended ||
                          why.code == call_errc::refused;
  return has_reason ? name + ' ' + exit_text(why.reason) : name;
}

struct call_world : actor_world {
  ~call_world() {
    for (const caf::actor& each : asking)
      kill(each);
    if (other)
      kill(other);
  }

  /// What one asker hears: a number, or the name of an error and its reason.
  using heard = std::shared_ptr<std::vector<std::string>>;

  static auto note_into(heard into) {
    return [into = std::move(into)](const tl::expected<int, call_error>& answer) {
      into->push_back(answer ? std::to_string(*answer) : word_of(answer.error()));
    };
  }

  caf::actor spawn_slow() { return std::get<started>(spawn_eager(system, slow)).actor; }

  using beginning = std::function<void(caf::event_based_actor*, const heard&)>;

  static caf::behavior asker(caf::event_based_actor* self, beginning begin, heard into) {
    begin(self, into);
    return {[](const std::string&) {}};
  }

  /// An asker that has begun so when this returns, and stays.
  heard as_asker(beginning begin) {
    auto into = std::make_shared<std::vector<std::string>>();
    asking.push_back(std::get<started>(spawn_eager(system, asker, std::move(begin), into)).actor);
    return into;
  }

  heard start_asking(int number, call_timeout timeout) {
    return as_asker([=, this](caf::event_based_actor* self, const heard& into) {
      open.call<int>(self, other, timeout, number, note_into(into));
    });
  }
  heard ask_for(int number, call_timeout timeout) {
    heard into = start_asking(number, timeout);
    settle();
    return into;
  }
  heard as_stopper(const caf::error& reason) {
    return as_asker([=, this](caf::event_based_actor* self, const heard& into) {
      open.stop(self, other, reason, std::chrono::seconds{5},
        [into](const tl::expected<void, call_error>& done) {
          into->push_back(done ? "stopped" : word_of(done.error()));
        });
    });
  }
  void tell(const std::string& word) {
    caf::anon_send(other, word);
    settle();
  }
  void begin_anew() {
    kill(other);
    other = spawn_slow();
  }

  caf::actor other = spawn_slow();
  std::vector<caf::actor> asking;
  calls open{system};
};

} // namespace aiex::test
