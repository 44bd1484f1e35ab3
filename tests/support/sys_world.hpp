// One that keeps what it hears, and those that ask it what every process answers.
#pragma once

#include "aiex/supervision/process/links.hpp"
#include "aiex/supervision/process/process.hpp"
#include "aiex/supervision/process/sys_messages.hpp"

#include "support/call_world.hpp"

#include <caf/atom.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace aiex::test {

using watch_atom = caf::atom_constant<caf::atom("watch")>;
using ask_atom = caf::atom_constant<caf::atom("ask")>;
using wake_atom = caf::atom_constant<caf::atom("wake")>;
using work_atom = caf::atom_constant<caf::atom("work")>;

struct ledger_state {
  std::vector<std::string> words;
};
inline std::string state_text(const ledger_state& state) {
  std::string text;
  for (const std::string& each : state.words)
    text += (text.empty() ? "" : " ") + each;
  return text;
}

/// `pass`: what happens while it works: time goes on, and others are at work, too.
inline caf::behavior ledger_of(
  caf::stateful_actor<ledger_state>* self, std::function<void(std::chrono::seconds)> pass) {
  const auto note = [self](const std::string& word) { self->state.words.push_back(word); };
  self->set_down_handler([note](const caf::down_msg&) { note("down"); });
  return {
    [note](const std::string& word) { note(word); },
    [](int number) { return number; },
    [self](watch_atom, const caf::actor& whom) { self->monitor(whom); },
    [self, note](ask_atom, const caf::actor& whom) {
      self->request(whom, std::chrono::seconds{3'600}, 7).then([note](int) { note("answer"); });
    },
    [self](wake_atom, int seconds) {
      self->delayed_send(self, std::chrono::seconds{seconds}, std::string{"woken"});
    },
    [pass](work_atom, int seconds) { pass(std::chrono::seconds{seconds}); },
  };
}

struct silent_state {};
inline caf::behavior silent(caf::stateful_actor<silent_state>*) {
  return {[](const std::string&) {}};
}
inline caf::behavior stateless(caf::event_based_actor*) {
  return {[](const std::string&) {}};
}
inline caf::behavior teller(caf::event_based_actor* self) {
  dynamic_cast<process*>(self)->tells_state_by(
    [] { return std::string{"what it was told to say"}; });
  return {[](const std::string&) {}};
}

inline caf::behavior tongue_tied(caf::event_based_actor* self) {
  dynamic_cast<process*>(self)->tells_state_by(
    []() -> std::string { throw std::runtime_error{"cannot say"}; });
  return {[](const std::string&) {}};
}

/// Told to end, it ends with the next word it hears.
inline caf::behavior orderly(caf::event_based_actor* self) {
  const auto is_told = std::make_shared<bool>(false);
  self->set_exit_handler([self, is_told](const caf::exit_msg&) { *is_told = true; });
  return {[self, is_told](const std::string&) {
    if (*is_told)
      self->quit();
  }};
}

/// Hears numbers when it has heard a word; until then they wait.
inline caf::behavior choosy(caf::event_based_actor* self) {
  self->set_default_handler(caf::skip);
  return {[self](const std::string&) { self->become(caf::behavior{[](int) {}}); }};
}

/// Linked to `whom`; notes the exits that it traps.
inline caf::behavior linked_to(caf::event_based_actor* self, caf::actor whom, bool traps,
  std::shared_ptr<std::vector<std::string>> into) {
  const links its{self};
  if (traps)
    its.trap_exit([into](const exit_signal& told) { into->push_back(exit_text(told.reason)); });
  its.link(whom);
  return {[](const std::string&) {}};
}

struct sys_world : call_world {
  ~sys_world() {
    for (const caf::actor& each : ledgers)
      kill(each);
  }

  template <class Body>
  caf::actor start(Body body) {
    return std::get<started>(spawn_eager(system, body)).actor;
  }
  caf::actor start_ledger() {
    ledgers.push_back(std::get<started>(
      spawn_eager(system, ledger_of,
        std::function<void(std::chrono::seconds)>{[this](std::chrono::seconds time) {
          advance(time);
        }})).actor);
    return ledgers.back();
  }

  caf::actor start_linked(
    const caf::actor& whom, bool traps, const std::shared_ptr<std::vector<std::string>>& into) {
    return std::get<started>(spawn_eager(system, linked_to, whom, traps, into)).actor;
  }

  /// Asks the ledger for its state while that is at work for three seconds.
  caf::actor as_asker_of_state(heard into, call_timeout timeout) {
    caf::anon_send(ledger, work_atom::value, 3);
    as_asker([=, this](caf::event_based_actor* self, const heard&) {
      open.call<std::string>(self, ledger, timeout, get_state_call{},
        [into](const tl::expected<std::string, call_error>& answer) {
          into->push_back(answer ? *answer : word_of(answer.error()));
        });
    });
    settle();
    return asking.back();
  }

  void tell(const std::string& word) {
    caf::anon_send(ledger, word);
    settle();
  }
  void tell_urgently(const std::string& word) {
    caf::anon_send<caf::message_priority::high>(ledger, word);
    settle();
  }

  /// Throws what it says, if it is an error.
  template <class Call>
  void ask_nothing(const caf::actor& whom, Call call) {
    caf::scoped_actor self{system};
    auto response = self->request(whom, std::chrono::seconds{3'600}, std::move(call));
    settle();
    response.receive(
      [] {}, [&](const caf::error& why) { throw std::runtime_error(system.render(why)); });
  }
  void suspend() { ask_nothing(ledger, suspend_call{}); }
  void resume() { ask_nothing(ledger, resume_call{}); }

  /// A call for a number, and what comes of it.
  heard call_it(call_timeout timeout, caf::actor whom = {}) {
    heard into = as_asker([=, this](caf::event_based_actor* self, const heard& answers) {
      open.call<int>(self, whom ? whom : ledger, timeout, 7, note_into(answers));
    });
    settle();
    return into;
  }

  std::vector<caf::actor> ledgers;
  caf::actor ledger = start_ledger();
};

} // namespace aiex::test
