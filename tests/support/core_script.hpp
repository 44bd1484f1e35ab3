// Plays a script: a schedule for cores on a stage, and below each of its lines what came of it.
//
//   lines that begin with a blank   the trace; not read, but written anew and compared
//   n1 must …, nobody must lead     facts; the trace cannot make them true
//   # …                             for people
//   all else                        the schedule, in the words of `verbs`
//
// tests/simulate/traces/README.md has all the words.
#pragma once

#include "support/core_stage.hpp"

#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace aiex::test {

class core_script {
public:
  struct outcome {
    std::string text;               ///< The script with its trace, as it should be.
    std::vector<std::string> wrong; ///< Facts that do not hold, and what ended it too early.
    bool is_whole = true;
    std::size_t facts = 0;
  };

  /// Ends early at a line that it does not understand and at a broken rule.
  static outcome play(const std::string& script) {
    core_script its;
    std::istringstream lines{script};
    for (std::string line; its.done_.is_whole && std::getline(lines, line);) {
      ++its.line_;
      if (!line.starts_with(' '))
        its.try_line(line);
    }
    return std::move(its.done_);
  }

private:
  using word_list = std::vector<std::string>;
  using nodes = std::vector<std::size_t>;

  void try_line(const std::string& line) {
    try {
      take(line);
    } catch (const std::exception& broken) {
      done_.wrong.push_back(fmt::format("line {}: {}: {}", line_, line, broken.what()));
      done_.is_whole = false;
    }
  }
  void take(const std::string& line) {
    done_.text += line + "\n";
    if (line.empty() || line.starts_with('#'))
      return;
    word_list words;
    std::istringstream all{line};
    for (std::string word; all >> word;)
      words.push_back(word);
    if (line.find(" must ") != std::string::npos)
      return check(words, line);
    obey(words, line);
    if (stage_)
      for (const std::string& each : stage_->take_trace())
        done_.text += "  " + each + "\n";
  }

  // -- the schedule -------------------------------------------------------------------------------

  void obey(word_list words, const std::string& line) {
    const auto is = [&](std::size_t at, const char* word) {
      return at < words.size() && words[at] == word;
    };
    if (is(1, "voters") || is(1, "voters,"))
      return set_up(words);
    if (is(1, "has") && !stage_)
      return set_log(words);
    if (is(0, "hide") || is(0, "tell"))
      return hide(line.substr(5), is(0, "hide"));
    if (line == "everything arrives")
      return stage().deliver_all();
    if (line == "everything is lost")
      return stage().lose_all();
    if (line == "all are connected")
      return stage().part({});
    if (line.find('|') != std::string::npos)
      return part(words);
    if (is(1, "->"))
      return move_message(words);
    const nodes who = take_nodes(words);
    const auto found = words.empty() ? verbs().end() : verbs().find(words[0]);
    if (who.empty() || found == verbs().end())
      throw std::runtime_error{"what does it mean?"};
    words.erase(words.begin());
    for (const std::size_t at : who)
      found->second(*this, at, words);
  }

  using verb = std::function<void(core_script&, std::size_t at, const word_list& rest)>;
  static const std::map<std::string, verb>& verbs() {
    using act = consensus::member_change::act;
    const auto times = [](const word_list& rest) {
      return rest.empty() ? 1U : static_cast<unsigned>(std::stoul(rest[0]));
    };
    const auto changes = [](act what) {
      return [what](core_script& its, std::size_t at, const word_list& rest) {
        its.stage().change(at, what, its.node(rest.at(0)));
      };
    };
    static const std::map<std::string, verb> all{
      // time
      {"times", [](auto& its, auto at, auto&) { its.stage().campaign(at); }}, // out
      {"waits", [](auto& its, auto at, auto&) { its.stage().wait_for_time_out(at); }},
      {"wait", [](auto& its, auto at, auto&) { its.stage().wait_for_time_out(at); }},
      {"ticks",
        [=](auto& its, auto at, auto& rest) {
          for (unsigned i = 0; i < times(rest); ++i)
            its.stage().tick(at);
        }},
      {"leads", [](auto& its, auto at, auto&) { its.stage().lead(at); }}, // already
      {"campaigns",                                                       // among n2 n3
        [](auto& its, auto at, auto& rest) {
          word_list peers{rest.begin() + 1, rest.end()};
          its.stage().campaign_among(at, its.take_nodes(peers));
        }},
      // disks and power
      {"has", [](auto& its, auto at, auto&) { require(its.stage().finish_write(at)); }}, // written
      {"writes",
        [](auto& its, auto at, auto& rest) {
          if (rest.at(0) == "slowly")
            its.stage().slow_disks.insert(at);
          else
            its.stage().slow_disks.erase(at);
        }},
      {"crashes", [](auto& its, auto at, auto&) { its.stage().crash(at); }},
      {"starts", [](auto& its, auto at, auto&) { its.stage().start(at); }},
      {"cannot", // read 3
        [](auto& its, auto at, auto& rest) {
          its.stage().rot(at, std::stoull(rest.at(1)));
          its.stage().input(at, consensus::damaged{std::stoull(rest.at(1))});
        }},
      // clients and operators
      {"proposes",
        [=](auto& its, auto at, auto& rest) {
          for (unsigned i = 0; i < times(rest); ++i)
            its.stage().propose(at);
        }},
      {"reads", [](auto& its, auto at, auto&) { its.stage().read(at); }},
      {"hands", // over to n2
        [](auto& its, auto at, auto& rest) {
          its.stage().input(at, consensus::transfer{id(its.node(rest.at(2)))});
        }},
      {"adds", changes(act::add_learner)},
      {"promotes", changes(act::promote)},
      {"demotes", changes(act::demote)},
      {"removes", changes(act::remove)},
    };
    return all;
  }

  /// "3 voters, 1 joiner": other ones than before, if there were any.
  void set_up(const word_list& words) {
    stage_.reset();
    options_.voters = static_cast<std::uint8_t>(std::stoul(words[0]));
    options_.joiners = static_cast<std::uint8_t>(words.size() > 2 ? std::stoul(words[2]) : 0);
    disks_ = core_net::new_disks(options_);
  }
  /// "n1 has 1@1 2@1 in term 3"
  void set_log(const word_list& words) {
    std::vector<std::uint64_t> terms;
    std::size_t at = 2;
    for (; at < words.size() && words[at] != "in"; ++at)
      terms.push_back(std::stoull(words[at].substr(words[at].find('@') + 1)));
    disks_.at(node(words[0])) =
      disk_of(terms, std::stoull(words.at(at + 2)), members_of(options_.voters));
  }
  core_stage& stage() {
    if (disks_.empty())
      throw std::runtime_error{"who is there? Begin with `3 voters`"};
    if (!stage_)
      stage_ = std::make_unique<core_stage>(disks_);
    return *stage_;
  }

  /// "heartbeat, heartbeat answer, n3"
  void hide(const std::string& what, bool is_hidden) {
    std::istringstream all{what};
    for (std::string each; std::getline(all >> std::ws, each, ',');) {
      if (is_node(each))
        is_hidden ? stage().hidden_nodes.insert(node(each)).second
                  : stage().hidden_nodes.erase(node(each)) > 0;
      else
        is_hidden ? stage().hidden_kinds.insert(each).second : stage().hidden_kinds.erase(each) > 0;
    }
  }
  /// "n1 n2 | n3"
  void part(const word_list& words) {
    std::vector<std::set<std::size_t>> sides(1);
    for (const std::string& each : words)
      if (each == "|")
        sides.emplace_back();
      else
        sides.back().insert(node(each));
    stage().part(sides);
  }
  /// "n1 -> n2 last vote request arrives", "n1 -> n2 is lost"
  void move_message(const word_list& words) {
    const std::size_t from = node(words[0]);
    const std::size_t to = node(words.at(2));
    const bool arrives = words.back() == "arrives";
    const bool is_last = words.at(3) == "last";
    std::string kind;
    for (std::size_t i = is_last ? 4 : 3; i + (arrives ? 1 : 2) < words.size(); ++i)
      kind += (kind.empty() ? "" : " ") + words[i];
    require(
      arrives ? stage().deliver(from, to, kind, is_last) : stage().lose(from, to, kind, is_last));
  }

  // -- facts --------------------------------------------------------------------------------------

  void check(word_list words, const std::string& line) {
    ++done_.facts;
    if (line == "nobody must lead") {
      for (std::size_t at = 0; at < stage().size(); ++at)
        if (stage().is_up(at) && stage().core(at).is_leader())
          done_.wrong.push_back(complaint(line, at));
      return;
    }
    const nodes who = take_nodes(words);
    if (who.empty() || words.size() < 2 || words[0] != "must")
      throw std::runtime_error{"what does it mean?"};
    words.erase(words.begin());
    for (const std::size_t at : who)
      if (!holds(at, words, line))
        done_.wrong.push_back(complaint(line, at));
  }

  bool holds(std::size_t at, const word_list& words, const std::string& line) {
    const consensus::core_state& core = stage().core(at);
    const auto number = [&](std::size_t which) { return std::stoull(words.at(which)); };
    if (words[0] == "lead") // term 3
      return core.is_leader() && core.term() == number(2);
    if (words[0] == "follow") { // n2 in term 3
      const auto leader = words.at(1) == "nobody" ? consensus::member_id{} : id(node(words[1]));
      return core.role == consensus::role::follower && core.leader == leader &&
             core.term() == number(4);
    }
    if (words[0] == "be") // in term 3
      return core.term() == number(3);
    if (words[0] == "commit") // 5
      return core.told_committed == number(1);
    if (words[0] == "vote") // n2
      return stage().disk(at).record->vote == id(node(words.at(1)));
    if (words[0] == "await") // 32 replicate answers of n2: requests that did not arrive
      return stage().under_way(at, node(words.at(5)), "replicate request") == number(1);
    if (words[0] == "have") // the members n1 n2, learner n3
      return line.ends_with(" the members " + stage().in_words(core.members.current()));
    if (words[0] == "hold") // 1@1 2@2
      return log_of(at) == word_list(words.begin() + 1, words.end());
    throw std::runtime_error{"what does it mean?"};
  }
  word_list log_of(std::size_t at) {
    word_list found;
    for (const consensus::entry& each : stage().disk(at).log)
      found.push_back(consensus_words::of(each.place));
    return found;
  }

  std::string complaint(const std::string& line, std::size_t at) {
    const consensus::core_state& core = stage().core(at);
    std::string log;
    for (const std::string& each : log_of(at))
      log += " " + each;
    return fmt::format("line {}: {}: but {} {} term {}, has committed {} and holds{}", line_, line,
      core_stage::name(at), core.is_leader() ? "leads" : "does not lead", core.term(),
      core.told_committed, log);
  }

  // -- words --------------------------------------------------------------------------------------

  static bool is_node(const std::string& word) {
    return word.size() == 2 && word[0] == 'n' && word[1] >= '1' && word[1] <= '9';
  }
  std::size_t node(const std::string& word) const {
    const auto at = static_cast<std::size_t>(is_node(word) ? word[1] - '1' : 9);
    if (at >= disks_.size())
      throw std::runtime_error{"there is no such node: " + word};
    return at;
  }
  static consensus::member_id id(std::size_t at) {
    return member_of(static_cast<std::uint8_t>(at + 1));
  }
  /// Those that the line begins with.
  nodes take_nodes(word_list& words) const {
    nodes found;
    while (!words.empty() && is_node(words[0])) {
      found.push_back(node(words[0]));
      words.erase(words.begin());
    }
    return found;
  }
  static void require(bool there_is) {
    if (!there_is)
      throw std::runtime_error{"there is no such message or write"};
  }

  net_options options_{};
  std::vector<core_disk> disks_;
  std::unique_ptr<core_stage> stage_;
  outcome done_;
  std::size_t line_ = 0;
};

} // namespace aiex::test
