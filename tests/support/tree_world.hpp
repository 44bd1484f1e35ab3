// Processes, messages and time for a tree of supervisors, without actors: who lives, what is under
// way to whom, and in which order it arrives. The order is drawn from a seed and keeps that of each
// sender. The rules of the supervisors are somebody else's (`Rules`): played by the model of OTP
// and by the cores, the same story must leave the same trace.
//
// It differs from Erlang as ours does: who is killed is dead at once, and all below it; an order
// to end stands before what waits in the supervisor; what a supervisor is asked about its children
// is asked when it has time.
#pragma once

#include "support/tree_story.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace aiex::test {

using tree_pid = std::uint64_t;

struct tree_request {
  std::uint64_t token = 0;
  tree_step asked{};
  tree_pid whom = 0; ///< Of a crowd: who was it last, of that id.
};

/// What has come of a start.
struct tree_outcome {
  enum class kind : std::uint8_t { started, ignored, failed, failing } what{}; // failing: ends yet
  tree_pid pid = 0;
};

/// As a supervisor sees its child.
struct tree_listed {
  std::string id{};
  enum class kind : std::uint8_t { undefined, running, restarting } now{};
  tree_pid pid = 0;
};

inline std::string name_of(leaving why) {
  static constexpr const char* names[] = {
    "normal", "shutdown", "shutdown:words", "crash", "killed"};
  return names[static_cast<std::size_t>(why)];
}

template <class Rules>
class tree_world {
public:
  using supervisor = typename Rules::template supervisor<tree_world>;
  using crowd = typename Rules::template crowd<tree_world>;

  explicit tree_world(const tree_story& story) : fails_(story.fails_first), dice_(story.seed) {}

  std::vector<std::string> broken{}; ///< What must hold and does not.
  void expect(bool holds, const std::string& what) {
    if (!holds)
      broken.push_back(what);
  }

  // -- the story -------------------------------------------------------------------------------

  void begin(const tree_node& top) {
    const tree_outcome made = start(outside, top);
    top_ = made.what == tree_outcome::kind::started ? made.pid : 0;
    settle();
  }

  void play(const tree_step& step) {
    using kind = tree_step::kind;
    switch (step.what) {
    case kind::leave: return leave(step);
    case kind::fail: fails_.insert(step.id); return;
    case kind::ignore: ignores_.insert(step.id); return;
    case kind::mend: fails_.clear(), ignores_.clear(); return;
    case kind::settle: return settle();
    case kind::wait: return wait(step.amount);
    case kind::rush:
      for (auto left = step.amount; left > 0 && deliver_one(); --left) {
      }
      return;
    default: ask(step);
    }
  }

  void stop() {
    settle();
    if (lives(top_))
      tell(outside, top_);
    wait(100'000);
    expect(!lives(top_), "a tree that is told to end does not");
    for (const auto& [token, whom] : open_)
      expect(false, "request " + std::to_string(token) + " has no answer");
    for (const auto& [pid, its] : processes_)
      expect(!its.lives, its.spec.id + " lives on when all has ended");
  }

  std::vector<std::string> take_trace() { return std::exchange(trace_, {}); }
  std::string drawing() const { return lives(top_) ? drawing_of(top_) : "gone"; }

  // -- for the supervisors ---------------------------------------------------------------------

  std::int64_t now_ms() const { return now_ms_; }
  bool lives(tree_pid pid) const {
    const auto found = processes_.find(pid);
    return found != processes_.end() && found->second.lives;
  }
  void note(const std::string& line) { trace_.push_back(line); }

  tree_outcome start(tree_pid above, const tree_node& spec) {
    using kind = tree_outcome::kind;
    expect(above == outside || lives(above), "a supervisor that has ended starts " + spec.id);
    if (fails_.contains(spec.id))
      return note("fail " + spec.id), tree_outcome{kind::failed};
    if (ignores_.contains(spec.id))
      return note("ignore " + spec.id), tree_outcome{kind::ignored};
    const tree_pid pid = ++last_pid_;
    process& its = processes_[pid];
    its.spec = spec;
    its.above = above;
    if (spec.what == tree_node::kind::supervisor) {
      its.supervises = std::make_unique<supervisor>(*this, pid, spec);
      its.supervises->begin();
      if (!its.has_begun)
        return {its.lives ? kind::failing : kind::failed, pid};
    } else if (spec.what == tree_node::kind::crowd) {
      its.crowds = std::make_unique<crowd>(*this, pid, spec);
    }
    its.has_begun = true;
    last_[spec.id] = pid;
    note("start " + spec.id);
    return {kind::started, pid};
  }
  /// Its children were started for the first time.
  void has_begun(tree_pid self) { processes_.at(self).has_begun = true; }

  /// An exit signal of reason shutdown.
  void tell(tree_pid from, tree_pid whom) { under_way_[{from, whom}].push_back(told{}); }
  void kill(tree_pid whom) {
    if (!lives(whom))
      return;
    for (auto its = processes_.rbegin(); its != processes_.rend(); ++its)
      if (its->second.above == whom && its->second.lives)
        kill(its->first);
    for (const auto& [token, asked] : std::map{open_})
      if (asked.whom == whom && asked.has_arrived)
        answer(token, "gone");
    die(whom, leaving::killed);
  }
  /// Returns the number that `on_timer` is given.
  std::uint64_t after(tree_pid self, std::int64_t ms) {
    timers_.emplace(std::pair{now_ms_ + ms, ++last_timer_}, self);
    return last_timer_;
  }
  /// A word to oneself, behind what has come.
  void retry(tree_pid self, const std::string& id, std::uint64_t number = 0) {
    under_way_[{self, self}].push_back(again{id, number});
  }
  void answer(std::uint64_t token, const std::string& said) {
    expect(open_.erase(token) == 1, "request " + std::to_string(token) + " is answered twice");
    note("answer " + std::to_string(token) + " " + said);
  }
  /// A supervisor ends.
  void end(tree_pid self) {
    for (const auto& [pid, its] : processes_)
      expect(its.above != self || !its.lives, its.spec.id + " runs under one that has ended");
    die(self, leaving::shutdown);
  }

private:
  static constexpr tree_pid outside = 0;      // who begins and stops the tree, and makes it crash
  static constexpr tree_pid clients = 10;     // the first of those who ask
  static constexpr int messages_max = 20'000; // for one story to settle

  struct told {};
  struct away {
    leaving why{};
  };
  struct down {
    leaving why{};
  };
  struct again {
    std::string id{};
    std::uint64_t number = 0;
  };
  using message = std::variant<told, away, down, again, tree_request>;

  struct process {
    tree_node spec{};
    tree_pid above = 0;
    bool lives = true;
    bool has_begun = false;
    std::unique_ptr<supervisor> supervises{};
    std::unique_ptr<crowd> crowds{};
  };
  struct asked_one {
    tree_pid whom = 0;
    bool has_arrived = false;
  };

  void leave(const tree_step& step) {
    const auto found = last_.find(step.id);
    if (found == last_.end() || !lives(found->second))
      return;
    if (!processes_.at(found->second).spec.supervises() || step.reason == leaving::killed)
      under_way_[{outside, found->second}].push_back(away{step.reason});
  }

  void ask(const tree_step& step) {
    tree_request request{++last_token_, step};
    if (const auto its = last_.find(step.id); its != last_.end())
      request.whom = its->second;
    const auto to = last_.find(step.supervisor);
    const bool is_there = to != last_.end() && lives(to->second);
    open_[request.token].whom = is_there ? to->second : outside;
    if (!is_there)
      return answer(request.token, "gone");
    under_way_[{clients + step.client, to->second}].push_back(std::move(request));
  }

  void wait(std::int64_t ms) {
    const std::int64_t until = now_ms_ + ms;
    for (settle(); !timers_.empty() && timers_.begin()->first.first <= until; settle()) {
      const auto [due, whose] = *timers_.begin();
      timers_.erase(timers_.begin());
      now_ms_ = due.first;
      fire(due.second, whose);
    }
    now_ms_ = until;
  }
  void fire(std::uint64_t number, tree_pid whose) {
    process& its = processes_.at(whose);
    if (!its.lives)
      return;
    if (its.supervises)
      its.supervises->on_timer(number);
    else if (its.crowds)
      its.crowds->on_timer(number);
    else
      die(whose, leaving::shutdown); // it was slow
  }

  void settle() {
    int left = messages_max;
    while (--left > 0 && deliver_one()) {
    }
    expect(left > 0, "it never comes to rest");
  }

  static bool is_query(const message& one) {
    using kind = tree_step::kind;
    const auto* request = std::get_if<tree_request>(&one);
    return request != nullptr && request->asked.what >= kind::which;
  }
  bool is_busy(tree_pid whom) const {
    const auto found = processes_.find(whom);
    return found != processes_.end() && found->second.lives && found->second.supervises &&
           found->second.supervises->is_busy();
  }

  /// One of those that are under way, the first of its sender. False if there is none.
  bool deliver_one() {
    std::vector<std::pair<tree_pid, tree_pid>> senders;
    for (const auto& [between, messages] : under_way_)
      if (!is_query(messages.front()) || !is_busy(between.second))
        senders.push_back(between);
    if (senders.empty())
      return false;
    const auto from = under_way_.find(senders[dice_() % senders.size()]);
    const auto [sender, receiver] = from->first;
    const message next = std::move(from->second.front());
    from->second.pop_front();
    if (from->second.empty())
      under_way_.erase(from);
    std::visit([&](const auto& what) { this->arrive(sender, receiver, what); }, next);
    return true;
  }

  void arrive(tree_pid, tree_pid whom, const away& what) {
    if (!lives(whom))
      return;
    if (what.why == leaving::killed)
      kill(whom);
    else
      die(whom, what.why);
  }
  void arrive(tree_pid, tree_pid whom, const told&) {
    process& its = processes_.at(whom);
    if (!its.lives)
      return;
    if (its.supervises)
      return its.supervises->on_told();
    if (its.crowds)
      return its.crowds->on_told();
    switch (its.spec.manner) {
    case manner::obedient: return die(whom, leaving::shutdown);
    case manner::leaving: return die(whom, leaving::normal);
    case manner::failing: return die(whom, leaving::crash);
    case manner::slow: after(whom, its.spec.slow_ms); return;
    case manner::stubborn: return;
    }
  }
  void arrive(tree_pid from, tree_pid whom, const down& what) {
    process& its = processes_.at(whom);
    if (its.lives && its.supervises)
      its.supervises->on_down(from, what.why);
    else if (its.lives)
      its.crowds->on_down(from, what.why);
  }
  void arrive(tree_pid, tree_pid whom, const again& what) {
    process& its = processes_.at(whom);
    if (its.lives && its.supervises)
      its.supervises->on_retry(what.id, what.number);
    else if (its.lives)
      its.crowds->on_retry(what.id, what.number);
  }
  void arrive(tree_pid, tree_pid whom, const tree_request& what) {
    process& its = processes_.at(whom);
    if (!its.lives)
      return answer(what.token, "gone");
    if (is_query(what))
      return answer(what.token,
        its.supervises ? told_of(*its.supervises, what.asked) : told_of(*its.crowds, what.asked));
    open_.at(what.token).has_arrived = true;
    if (its.supervises)
      its.supervises->on_request(what);
    else
      its.crowds->on_request(what);
  }

  template <class Who>
  std::string told_of(const Who& who, const tree_step& asked) const {
    if (asked.what == tree_step::kind::spec)
      return who.spec_text(asked.id);
    std::string all;
    std::size_t running = 0;
    const std::vector<tree_listed> listed = who.listed();
    for (auto each = listed.rbegin(); each != listed.rend(); ++each) {
      all += each->id + mark_of(*each) + ' ';
      running += each->now == tree_listed::kind::running ? 1 : 0;
    }
    return asked.what == tree_step::kind::which
             ? all
             : std::to_string(running) + " of " + std::to_string(listed.size());
  }
  static const char* mark_of(const tree_listed& one) {
    static constexpr const char* marks[] = {"-", "", "!"};
    return marks[static_cast<std::size_t>(one.now)];
  }

  void die(tree_pid whom, leaving why) {
    process& its = processes_.at(whom);
    its.lives = false;
    note((its.has_begun ? "end " + its.spec.id + ' ' + name_of(why) : "fail " + its.spec.id));
    if (its.above != outside)
      under_way_[{whom, its.above}].push_back(down{why});
  }

  std::string drawing_of(tree_pid pid) const {
    const process& its = processes_.at(pid);
    if (is_busy(pid))
      return "(busy)";
    std::string all = "(";
    for (const tree_listed& each :
      its.supervises ? its.supervises->listed() : its.crowds->listed()) {
      all += ' ' + each.id + mark_of(each);
      const auto below = processes_.find(each.pid);
      if (each.now == tree_listed::kind::running && below != processes_.end() &&
          below->second.lives && below->second.spec.supervises())
        all += drawing_of(each.pid);
    }
    return all + " )";
  }

  std::set<std::string> fails_;
  std::set<std::string> ignores_;
  std::mt19937_64 dice_;
  std::int64_t now_ms_ = 0;
  std::map<tree_pid, process> processes_; // also those that have ended: their words are under way
  std::map<std::string, tree_pid> last_;  // of each id
  std::map<std::pair<tree_pid, tree_pid>, std::deque<message>> under_way_; // from, to
  std::map<std::pair<std::int64_t, std::uint64_t>, tree_pid> timers_;
  std::map<std::uint64_t, asked_one> open_;
  std::vector<std::string> trace_;
  tree_pid top_ = 0;
  tree_pid last_pid_ = 100;
  std::uint64_t last_timer_ = 0;
  std::uint64_t last_token_ = 0;
};

} // namespace aiex::test
