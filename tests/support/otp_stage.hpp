// Plays a scenario with the supervisor actors and virtual time, and writes down what happens, in
// the words of tests/otp/runner.erl.
#pragma once

#include "aiex/supervision/tree/dynamic_supervisor.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/actor_world.hpp"
#include "support/otp_answers.hpp"
#include "support/otp_scenario.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

using leave_atom = caf::atom_constant<caf::atom("leave")>;

/// A child that ends as it is told, and when it is told to shut down ends in its own manner.
inline caf::behavior staged_child(caf::event_based_actor* self, std::string manner) {
  if (manner == "leaving")
    self->set_exit_handler([self](const caf::exit_msg&) { self->quit(); });
  else if (manner == "failing")
    self->set_exit_handler([self](const caf::exit_msg&) {
      self->quit(caf::make_error(caf::sec::runtime_error, std::string{"crash"}));
    });
  else if (manner != "obedient")
    self->set_exit_handler([](const caf::exit_msg&) {});
  return {[self](leave_atom, const caf::error& reason) { self->quit(reason); }};
}

class otp_stage {
public:
  explicit otp_stage(scenario played) : played_(std::move(played)) {}
  ~otp_stage() {
    if (lives(played_.top.id))
      world_.kill(actors_.at(played_.top.id));
  }
  otp_stage(const otp_stage&) = delete;
  otp_stage& operator=(const otp_stage&) = delete;

  std::vector<std::string> play() {
    for (std::size_t at = 0; at < played_.script.size(); ++at) {
      const words& line = played_.script[at];
      if (line[0] != "during") {
        play_line(line);
        continue;
      }
      while (played_.script.at(++at)[0] != "end")
        meanwhile_[line[1]].push_back(played_.script[at]);
    }
    sort_crowds();
    return trace_;
  }

private:
  using answer = std::function<std::string()>; // waits for it

  void play_line(const words& line) {
    const std::optional<answer> asked = command(line);
    settle();
    const std::string answered = asked ? (*asked)() : std::string{};
    std::vector<std::string> others;
    for (const auto& [what, its] : std::exchange(asked_meanwhile_, {}))
      others.push_back("* " + joined(what) + ": " + its());
    trace_.insert(trace_.end(), others.begin(), others.end());
    if (asked)
      note("> " + joined(line) + ": " + answered);
  }

  /// Nothing if it has no answer.
  std::optional<answer> command(const words& line) {
    const std::string& word = line[0];
    if (word == "begin")
      return begin();
    if (word == "wait")
      return world_.advance(std::chrono::milliseconds{number_of(line[1])}), std::nullopt;
    if (word == "fail" || word == "ignore")
      return counts_[word + ' ' + line[1]] = number_of(line[2]), std::nullopt;
    if (word == "info")
      return infos_[line[1]] = line[2], std::nullopt;
    if (word == "take")
      return owners_[line[1]] = actors_.at(line[2]), std::nullopt;
    if (word == "stop") {
      stop();
      settle();
      for (int i = 0; i < patience_s && lives(played_.top.id); ++i)
        world_.advance(std::chrono::seconds{1});
      return std::nullopt;
    }
    if (word == "exit")
      return end(line[1], line[2]);
    return send(line);
  }

  answer begin() {
    const supervisor_spec spec = spec_of(played_.top, context(played_.top.id));
    if (const auto sound = check(spec); !sound)
      return [code = sound.error().code] { return "refused " + otp_name(code); };
    const auto outcome =
      start_supervisor(world_.system, spec, context(played_.top.id), parent_->address());
    if (const auto* failed = std::get_if<failing>(&outcome))
      return [path = failed->child->id] { return "failed " + path; };
    note_start(played_.top.id, std::get<started>(outcome).actor);
    return [] { return std::string{"ok"}; };
  }

  void stop() {
    if (lives(played_.top.id))
      parent_->send(actors_.at(played_.top.id),
        caf::exit_msg{parent_->address(), caf::exit_reason::user_shutdown});
  }

  std::optional<answer> end(const std::string& id, const std::string& reason) {
    if (!lives(id))
      return [] { return std::string{"not running"}; };
    if (reason == "kill")
      world_.kill(actors_.at(id));
    else
      caf::anon_send(actors_.at(id), leave_atom::value, exit_of(reason));
    return std::nullopt;
  }

  answer send(const words& line) {
    if (!lives(line.at(1)))
      return [] { return std::string{"gone"}; };
    const std::string& word = line[0];
    const caf::actor to = actors_.at(line[1]);
    const std::string id = line.size() > 2 ? line[2] : std::string{};
    if (word == "start_child")
      return ask<start_child_answer>(
        to, start_child_call{child_of({.id = id, .given = options_of(line, 3)})});
    if (word == "start")
      return ask<start_child_answer>(
        to, start_child_call{child_of({.id = id, .given = templates_.at(line[1])})});
    if (word == "restart")
      return ask<start_child_answer>(to, restart_child_call{id});
    if (word == "terminate")
      return ask<supervision_answer>(to, terminate_child_call{id});
    if (word == "end_actor")
      return ask<supervision_answer>(
        to, terminate_dynamic_call{actors_.at(id).id(), actors_.at(id)});
    if (word == "delete")
      return ask<supervision_answer>(to, delete_child_call{id});
    if (word == "spec")
      return ask<childspec_answer>(to, get_childspec_call{id});
    if (word == "count")
      return ask<child_counts>(to, count_children_call{});
    if (word == "which" && templates_.contains(line[1]))
      return ask<std::vector<child_info>>(to, which_children_call{}, crowd_text);
    if (word == "which")
      return ask<std::vector<child_info>>(to, which_children_call{}, children_text);
    throw std::invalid_argument{"no such command: " + word};
  }

  /// The answer may take (virtual) time, if somebody has to be killed for it.
  template <class Answer, class Message>
  answer ask(
    const caf::actor& to, Message message,
    std::string (*text)(const Answer&) = [](const Answer& said) { return text_of(said); }) {
    auto self = std::make_shared<caf::scoped_actor>(world_.system);
    auto response = std::make_shared<decltype((*self)->request(to, caf::infinite, message))>(
      (*self)->request(to, caf::infinite, std::move(message)));
    return [this, self, response, text] {
      for (int i = 0; i < patience_s && !(*self)->has_next_message(); ++i)
        world_.advance(std::chrono::seconds{1});
      std::string said = "no answer";
      if ((*self)->has_next_message())
        response->receive([&](const Answer& given) { said = text(given); },
          [&](const caf::error&) { said = "gone"; });
      return said;
    };
  }

  // -- children ------------------------------------------------------------------------------

  static supervision_context context(std::string path) { return {{}, std::move(path)}; }

  supervisor_spec spec_of(const scenario_node& node, const supervision_context& its) {
    supervisor_spec spec;
    set_flags(spec, node);
    for (const scenario_node& each : node.children)
      spec.children.push_back(child_of(each, its));
    return spec;
  }

  child_spec child_of(const scenario_node& node, const supervision_context& parent = {}) {
    child_spec made;
    if (node.what == scenario_node::kind::supervisor) {
      made = supervisor_child(node.id, spec_of(node, below(parent, node.id)), parent);
    } else if (node.what == scenario_node::kind::dynamic) {
      made = dynamic_supervisor_child(node.id, limit_of(node.given), parent);
      for (const auto& [name, value] : node.given)
        if (name.starts_with("child."))
          templates_[node.id][name.substr(6)] = value;
      templates_.try_emplace(node.id);
    } else {
      const auto manner = node.given.find("manner");
      made = worker(
        node.id, spawns(staged_child, manner == node.given.end() ? "obedient" : manner->second));
    }
    made.start = [this, id = node.id, start = made.start](caf::event_based_actor& supervisor) {
      return this->start(id, start, supervisor);
    };
    set_options(made, node.given);
    return made;
  }

  start_outcome start(
    const std::string& id, const start_function& real, caf::event_based_actor& supervisor) {
    if (takes_one("fail " + id)) {
      note("fail " + id);
      for (const words& line : std::exchange(meanwhile_[id], {}))
        if (line[0] == "stop")
          stop(), asked_meanwhile_.emplace_back(line, [] { return std::string{"sent"}; });
        else
          asked_meanwhile_.emplace_back(line, send(line));
      return caf::make_error(caf::sec::runtime_error, std::string{"broken"});
    }
    if (takes_one("ignore " + id)) {
      note("ignore " + id);
      return ignored{};
    }
    if (const auto owner = owners_.find(id); owner != owners_.end()) {
      note("taken " + id);
      return taken{owner->second};
    }
    start_outcome outcome = real(supervisor);
    if (started* made = std::get_if<started>(&outcome)) {
      note_start(id, made->actor);
      made->info = infos_[id];
    }
    return outcome;
  }

  bool takes_one(const std::string& what) {
    std::int64_t& left = counts_[what];
    return left > 0 && left-- > 0;
  }

  void note_start(const std::string& id, const caf::actor& made) {
    actors_[id] = made;
    living_.insert(made.id());
    note("start " + id);
    caf::actor_cast<caf::abstract_actor*>(made)->attach_functor(
      [this, id, key = made.id()](const caf::error& reason) {
        living_.erase(key);
        note("end " + id + ' ' + exit_name(reason));
      });
  }

  bool lives(const std::string& id) const {
    const auto found = actors_.find(id);
    return found != actors_.end() && living_.contains(found->second.id());
  }

  // -- the trace -----------------------------------------------------------------------------

  void settle() { world_.settle(); }
  void note(std::string line) { trace_.push_back(std::move(line)); }

  /// In what order a crowd ends is nobody's business.
  void sort_crowds() {
    const auto of_crowd = [&](const std::string& line) {
      return std::any_of(templates_.begin(), templates_.end(),
        [&](const auto& each) { return line.starts_with("end " + each.first + '.'); });
    };
    for (auto it = trace_.begin(); it != trace_.end();) {
      it = std::find_if(it, trace_.end(), of_crowd);
      const auto last = std::find_if_not(it, trace_.end(), of_crowd);
      std::sort(it, last);
      it = last;
    }
  }

  static constexpr int patience_s = 100;

  actor_world world_;
  scenario played_;
  caf::scoped_actor parent_{world_.system};
  std::map<std::string, caf::actor> actors_; // the last of each id
  std::set<caf::actor_id> living_;
  std::map<std::string, options> templates_; // of dynamic supervisors' children
  std::map<std::string, std::int64_t> counts_;
  std::map<std::string, std::string> infos_;
  std::map<std::string, caf::actor> owners_;
  std::map<std::string, std::vector<words>> meanwhile_;
  std::vector<std::pair<words, answer>> asked_meanwhile_;
  std::vector<std::string> trace_;
};

} // namespace aiex::test
