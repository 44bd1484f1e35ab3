// A process of the scenarios in tests/otp/company: does what it is told and writes down what it
// hears, in the words of tests/otp/company.erl.
#pragma once

#include "aiex/actors/cluster/group_monitors.hpp"
#include "aiex/supervision/call/call.hpp"
#include "aiex/supervision/process/exit_reasons.hpp"
#include "aiex/supervision/process/links.hpp"
#include "aiex/supervision/process/monitors.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include "support/otp_answers.hpp"

#include <caf/stateful_actor.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

/// What is written down, and who is called what. Outlives the scenario as long as an actor does.
struct otp_board {
  std::vector<std::string> notes{};
  std::map<caf::actor_id, std::string> names{};

  std::string name_of(caf::actor_id who) const {
    const auto found = names.find(who);
    return found == names.end() ? "nobody" : found->second;
  }
  template <class Actors>
  std::string names_of(const Actors& who) const {
    words all;
    for (const caf::actor& each : who)
      all.push_back(name_of(each.id()));
    return joined(all);
  }
};

struct player_state {
  std::string name{};
  std::shared_ptr<otp_board> board{};
  std::unique_ptr<monitors> watches{};
  std::map<std::string, monitor_ref> refs{};
  std::deque<std::pair<caf::response_promise, int>> asked{};
  std::map<std::string, group_ref> group_refs{};
  group_monitors wanted{};

  void note(const std::string& what) const { board->notes.push_back(name + ": " + what); }
  std::string label_of(const group_ref& which) const {
    for (const auto& [label, its] : group_refs)
      if (its == which)
        return label;
    return "nothing";
  }
};

using player_actor = caf::stateful_actor<player_state>;
using player_deed = std::function<void(player_actor*)>;

} // namespace aiex::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<aiex::test::player_deed>)

namespace aiex::test {

/// A question is answered, when it is told to, with the number twice.
inline caf::behavior player(
  player_actor* self, std::shared_ptr<otp_board> board, std::string name) {
  player_state& state = self->state;
  state.name = std::move(name);
  state.board = std::move(board);
  state.watches = std::make_unique<monitors>(self, [self](const down& heard) {
    std::string said;
    for (const auto& [its, ref] : self->state.refs)
      if (ref == heard.ref)
        said = its;
    self->state.note("down " + said + ' ' + self->state.board->name_of(heard.who.id()) + ' ' +
                     exit_name(heard.reason));
  });
  return {
    [self](const std::shared_ptr<player_deed>& what) { (*what)(self); },
    [self](const std::string& text) { self->state.note("hears " + text); },
    [self](int number) { self->state.asked.emplace_back(self->make_response_promise(), number); },
    [self](const group_changed& change) {
      if (self->state.wanted.wants(change))
        self->state.note(self->state.label_of(change.by) +
                         (change.what == group_change::act::join ? " join " : " leave ") +
                         change.group + ' ' + self->state.board->names_of(*change.who));
    },
  };
}

inline caf::error signal_of(const std::string& reason) {
  if (reason == "kill")
    return caf::exit_reason::kill;
  return reason == "killed" ? killed_reason() : exit_of(reason);
}

inline std::string failure_of(const call_error& why) {
  switch (why.code) {
  case call_errc::time_out: return "time_out";
  case call_errc::no_process: return "no_process";
  case call_errc::calling_self: return "calling_self";
  case call_errc::ended: return "ended " + exit_name(why.reason);
  default: return text(why);
  }
}

} // namespace aiex::test
