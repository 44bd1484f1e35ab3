// Plays a scenario of tests/otp/company with actors and virtual time, in the words of company.erl.
#pragma once

#include "aiex/actors/cluster/groups.hpp"
#include "aiex/supervision/call/multi_call.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/actor_world.hpp"
#include "support/otp_player.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

class otp_company {
public:
  ~otp_company() {
    if (top_)
      world_.kill(top_);
    for (const auto& [name, each] : players_)
      world_.kill(each);
  }

  std::vector<std::string> play(const std::vector<words>& script) {
    std::vector<std::string> trace;
    for (const words& line : script) {
      const std::string answer = command(line);
      world_.settle();
      trace.push_back("> " + joined(line) + answer);
      auto& notes = board_->notes;
      std::stable_sort(notes.begin(), notes.end(), [](const auto& one, const auto& other) {
        return one.substr(0, one.find(':')) < other.substr(0, other.find(':'));
      });
      trace.insert(trace.end(), notes.begin(), notes.end());
      notes.clear();
    }
    return trace;
  }

private:
  // -- commands ------------------------------------------------------------------------------

  /// ": " and the answer, or nothing.
  std::string command(const words& line) {
    const std::string& word = line[0];
    const auto is_one = [&](auto... of) { return ((word == of) || ...); };
    if (is_one("proc", "wait", "kill", "exit", "answer", "say", "say_and_exit", "stuck", "trap"))
      return act(line), "";
    if (is_one("link", "unlink", "signal", "monitor", "demonitor", "kill_and_demonitor",
          "kill_and_unlink"))
      return watch(line), "";
    if (is_one("call", "call_name", "multi_call", "tell_to_stop"))
      return call(line), "";
    if (is_one("register", "unregister", "whereis", "send", "supervised", "started"))
      return name(line);
    return group(line);
  }

  void act(const words& line) {
    const std::string& word = line[0];
    if (word == "wait")
      return world_.advance(std::chrono::milliseconds{number_of(line[1])});
    if (word == "kill")
      return world_.kill(player_of(line[1]));
    if (word == "proc") {
      for (std::size_t i = 1; i < line.size(); ++i)
        appears(line[i], std::get<started>(spawn_eager(world_.system, player, board_, line[i])));
      return;
    }
    tell(line[1], [this, line](player_actor* self) { act_as(self, line); });
  }
  void act_as(player_actor* self, const words& line) const {
    const std::string& word = line[0];
    if (word == "exit")
      return self->quit(exit_of(line[2]));
    if (word == "trap")
      return links{self}.trap_exit([self](const exit_signal& heard) {
        self->state.note(
          "exit " + self->state.board->name_of(heard.source.id()) + ' ' + exit_name(heard.reason));
      });
    if (word == "stuck")
      return links{self}.trap_exit([](const exit_signal&) {});
    if (word == "answer") {
      auto [asker, number] = std::move(self->state.asked.front());
      self->state.asked.pop_front();
      return asker.deliver(2 * number);
    }
    const bool ends = word == "say_and_exit";
    for (std::size_t i = 3; i < (ends ? 4 : line.size()); ++i)
      self->send(player_of(line[2]), line[i]);
    if (ends)
      self->quit(exit_of(line[4]));
  }

  void watch(const words& line) {
    tell(line[1], [this, line](player_actor* self) {
      const std::string& word = line[0];
      player_state& state = self->state;
      const links its{self};
      if (word == "demonitor") {
        state.watches->demonitor(state.refs.at(line[2]));
        return;
      }
      const caf::actor to = player_of(line[2]);
      if (word.starts_with("kill_and"))
        caf::anon_send_exit(to, caf::exit_reason::kill);
      if (word == "link")
        its.link(to);
      else if (word == "unlink" || word == "kill_and_unlink")
        its.unlink(to);
      else if (word == "signal")
        send_exit_signal(self->address(), to, signal_of(line[3]));
      else if (word == "kill_and_demonitor")
        state.watches->demonitor(state.refs.at(line[3]));
      else
        for (std::size_t i = 3; i < line.size(); ++i)
          state.refs[line[i]] = state.watches->monitor(to);
    });
  }

  void call(const words& line) {
    tell(line[1], [this, line](player_actor* self) {
      const std::string& word = line[0];
      if (word == "multi_call")
        return call_many(self, line);
      const std::chrono::milliseconds time{number_of(line[4])};
      if (word == "tell_to_stop")
        return open_.stop(self, player_of(line[2]), exit_of(line[3]), time,
          [self](const tl::expected<void, call_error>& done) {
            self->state.note("stop: " + (done ? "stopped" : failure_of(done.error())));
          });
      const auto then = [self, number = line[3]](const tl::expected<int, call_error>& said) {
        self->state.note(
          "call " + number + ": " + (said ? std::to_string(*said) : failure_of(said.error())));
      };
      const int number = static_cast<int>(number_of(line[3]));
      if (word == "call")
        open_.call<int>(self, player_of(line[2]), time, number, then);
      else
        open_.call<int>(self, names_, line[2], time, number, then);
    });
  }

  void call_many(player_actor* self, const words& line) {
    const words whom(line.begin() + 4, line.end());
    multi_call<int>(open_, self, names_, whom, std::chrono::milliseconds{number_of(line[3])},
      static_cast<int>(number_of(line[2])), [self, line, whom](const multi_answer<int>& all) {
        std::map<std::string, std::string> said;
        for (const auto& [name, answer] : all.replies)
          said[name] = std::to_string(answer);
        for (const auto& [name, why] : all.missing)
          said[name] = failure_of(why);
        std::string text = "multi_call " + line[2] + ':';
        for (const std::string& each : whom)
          text += ' ' + each + '=' + said[each];
        self->state.note(text);
      });
  }

  std::string name(const words& line) {
    const std::string& word = line[0];
    if (word == "register")
      return names_.register_name(line[2], player_of(line[1])) ? ": yes" : ": no";
    if (word == "whereis") {
      const auto found = names_.find(line[1]);
      return ": " + (found ? board_->name_of(found->id()) : std::string{"nobody"});
    }
    if (word == "send")
      return names_.send(line[1], caf::make_message(line[2])) ? ": sent" : ": nobody";
    if (word == "unregister")
      names_.unbind(line[1]);
    if (word != "supervised")
      return "";
    const auto start = [this, name = line[1]](caf::event_based_actor& above) {
      start_outcome made = spawns(player, board_, name)(above);
      appears(name, std::get<started>(made));
      return made;
    };
    const auto said = start_child(worker(line[1], via(names_, line[2], start)));
    return said.outcome ? ": ok" : ": " + text_of(said.outcome.error());
  }

  std::string group(const words& line) {
    const std::string& word = line[0];
    if (word == "scope")
      return start_child(group_scope_child(names_, line[1])), "";
    const groups its{names_, word.starts_with("watch") || word == "unwatch" ? line[2] : line[1]};
    if (word == "restart_scope")
      return world_.kill(*its.scope()), "";
    if (word == "join")
      return said_of(its.join(line[2], those(line)));
    if (word == "leave")
      return said_of(its.leave(line[2], those(line)));
    if (word == "members")
      return ": " + board_->names_of(*its.members(line[2]));
    if (word == "local_members")
      return ": " + board_->names_of(*its.local_members(line[2]));
    if (word == "groups")
      return ": " + joined(sorted(its.which_groups()));
    if (word == "watch_group")
      watch_group(its, line);
    else if (word == "watch_scope")
      watch_scope(its, line);
    else if (word == "unwatch")
      unwatch(its, line);
    else
      throw std::invalid_argument{"no such command: " + word};
    return "";
  }

  static std::string said_of(const result<bool>& said) {
    return !said   ? ": " + std::string{aiex::name(said.error().code)}
           : *said ? ": ok"
                   : ": not_joined";
  }
  static words sorted(words all) {
    std::sort(all.begin(), all.end());
    return all;
  }
  std::vector<caf::actor> those(const words& line) const {
    std::vector<caf::actor> all;
    for (std::size_t i = 3; i < line.size(); ++i)
      all.push_back(player_of(line[i]));
    return all;
  }

  void watch_group(const groups& its, const words& line) {
    tell(line[1], [its, line](player_actor* self) {
      const group_monitored begun = its.monitor(self, line[3]).value();
      begins(self, line[4], begun.by);
      self->state.note(joined({line[4], "begins", self->state.board->names_of(*begun.members)}));
    });
  }
  void watch_scope(const groups& its, const words& line) {
    tell(line[1], [its, line](player_actor* self) {
      const scope_monitored begun = its.monitor_scope(self).value();
      begins(self, line[3], begun.by);
      words all{line[3], "begins"};
      for (const auto& [group, members] : begun.groups) {
        std::string names = self->state.board->names_of(*members);
        std::replace(names.begin(), names.end(), ' ', ',');
        all.push_back(group + '=' + names);
      }
      self->state.note(joined(all));
    });
  }
  static void begins(player_actor* self, const std::string& label, const group_ref& made) {
    self->state.group_refs[label] = made;
    self->state.wanted.begin(made);
  }
  void unwatch(const groups& its, const words& line) {
    tell(line[1], [its, line](player_actor* self) {
      const group_ref which = self->state.group_refs.at(line[3]);
      self->state.wanted.end(which);
      self->state.note(line[3] + (its.demonitor(which) ? " ends true" : " ends false"));
    });
  }

  // -- players -------------------------------------------------------------------------------

  void tell(const std::string& whom, player_deed what) {
    caf::anon_send(player_of(whom), std::make_shared<player_deed>(std::move(what)));
  }
  caf::actor player_of(const std::string& name) const { return players_.at(name); }

  void appears(const std::string& name, const started& made) {
    players_[name] = made.actor;
    board_->names[made.actor.id()] = name;
    caf::actor_cast<caf::abstract_actor*>(made.actor)
      ->attach_functor([board = board_, name](const caf::error& reason) {
        board->notes.push_back(name + ": ends " + exit_name(reason));
      });
  }

  start_child_answer start_child(child_spec child) {
    if (!top_) {
      const supervisor_spec spec{.limit = {100, std::chrono::seconds{3'600}}};
      top_ = std::get<started>(start_supervisor(world_.system, spec, {{}, "top"})).actor;
    }
    return world_.ask<start_child_answer>(top_, start_child_call{std::move(child)});
  }

  actor_world world_;
  registry names_;
  calls open_{world_.system};
  std::shared_ptr<otp_board> board_ = std::make_shared<otp_board>();
  std::map<std::string, caf::actor> players_; // the last of each name
  caf::actor top_;
};

} // namespace aiex::test
