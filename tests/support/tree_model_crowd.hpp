// OTP's rules for a dynamic supervisor, after the simple_one_for_one of supervisor.erl. As ours it
// goes on while it waits for one child to end, and forgets one whose restart is ignored.
#pragma once

#include "support/tree_model.hpp"

namespace aiex::test {

template <class World>
class model_crowd {
public:
  model_crowd(World& world, tree_pid self, const tree_node& spec)
      : world_(world), self_(self), flags_(spec) {}

  void on_down(tree_pid who, leaving why) {
    child* its = find(who);
    if (its == nullptr || its->now != state::running)
      return;
    if (its->is_told || is_ending_) {
      if (is_shutdown_error(flags_.children.front(), why, its->took_too_long))
        world_.note("error " + its->id + ' ' + name_of(why));
      for (const std::uint64_t token : its->asked)
        world_.answer(token, "ok");
      forget(who);
      return end_if_empty();
    }
    const lasting how = flags_.children.front().how;
    const bool is_abnormal = why == leaving::crash || why == leaving::killed;
    if (how == lasting::permanent || (how == lasting::transient && is_abnormal))
      restart(who);
    else
      forget(who);
  }

  /// terminate_dynamic_children/1: all at once, under one timer.
  void on_told() {
    if (is_ending_)
      return;
    is_ending_ = true;
    std::erase_if(children_, [](const child& each) { return each.now == state::restarting; });
    const std::int64_t time = flags_.children.front().shutdown_ms;
    for (const child& each : children_)
      if (time == kill_at_once)
        world_.kill(each.pid);
      else
        world_.tell(self_, each.pid);
    if (time >= 0 && !children_.empty())
      timer_ = world_.after(self_, time);
    end_if_empty();
  }

  void on_retry(const std::string& id, std::uint64_t number) {
    for (const child& each : children_)
      if (each.number == number && each.id == id && each.now == state::restarting && !is_ending_)
        return restart(each.pid);
  }

  void on_timer(std::uint64_t number) {
    for (child& each : children_)
      if (number == (is_ending_ ? timer_ : each.timer)) {
        each.took_too_long = true;
        world_.kill(each.pid);
      }
  }

  void on_request(const tree_request& request) {
    using kind = tree_step::kind;
    const std::uint64_t token = request.token;
    if (request.asked.what == kind::start_child)
      return start_child(token, request.asked.id);
    if (request.asked.what == kind::terminate)
      return terminate_child(token, request.whom);
    if (request.asked.what != kind::change)
      return world_.answer(token, "simple_one_for_one");
    flags_.intensity = request.asked.node.intensity;
    flags_.period_s = request.asked.node.period_s;
    world_.answer(token, "ok");
  }

  std::vector<tree_listed> listed() const {
    std::vector<tree_listed> all;
    for (const child& each : children_)
      all.push_back({each.id, each.now, each.pid});
    return all;
  }
  std::string spec_text(const std::string&) const { return "simple_one_for_one"; }

private:
  using state = tree_listed::kind;

  struct child {
    std::string id{};
    std::uint64_t number = 0;
    tree_pid pid = 0; ///< The last one, while it is restarting.
    state now = state::running;
    bool is_told = false;
    bool took_too_long = false;
    std::uint64_t timer = 0;
    std::vector<std::uint64_t> asked{}; ///< Who waits for its end.
  };

  void start_child(std::uint64_t token, const std::string& id) {
    using kind = tree_outcome::kind;
    if (is_ending_)
      return world_.answer(token, "gone");
    const tree_outcome made = world_.start(self_, its_spec(id));
    const std::uint64_t number = ++last_; // also of one that does not run
    if (made.what == kind::started)
      children_.push_back({id, number, made.pid});
    world_.answer(token, made.what == kind::failed    ? "start_failed"
                         : made.what == kind::ignored ? "ok undefined"
                                                      : "ok");
  }

  void terminate_child(std::uint64_t token, tree_pid who) {
    child* its = find(who);
    if (its == nullptr)
      return world_.answer(token, world_.lives(who) ? "not_found" : "ok");
    if (its->now == state::restarting) {
      forget(who);
      return world_.answer(token, "ok");
    }
    its->asked.push_back(token);
    if (its->is_told || is_ending_)
      return;
    its->is_told = true;
    const std::int64_t time = flags_.children.front().shutdown_ms;
    if (time == kill_at_once)
      return world_.kill(who);
    world_.tell(self_, who);
    if (time != wait_for_ever)
      its->timer = world_.after(self_, time);
  }

  void restart(tree_pid who) {
    using kind = tree_outcome::kind;
    child& its = *find(who);
    its.now = state::restarting;
    if (!add_restart(restarts_, world_.now_ms(), flags_.intensity, flags_.period_s))
      return on_told();
    const tree_outcome made = world_.start(self_, its_spec(its.id));
    if (made.what == kind::ignored)
      return forget(who);
    if (made.what == kind::failed)
      return world_.retry(self_, its.id, its.number);
    its.pid = made.pid;
    its.now = state::running;
  }

  tree_node its_spec(const std::string& id) const {
    tree_node spec = flags_.children.front();
    spec.id = id;
    return spec;
  }
  child* find(tree_pid who) {
    for (child& each : children_)
      if (each.pid == who)
        return &each;
    return nullptr;
  }
  void forget(tree_pid who) {
    std::erase_if(children_, [&](const child& each) { return each.pid == who; });
  }
  void end_if_empty() {
    if (is_ending_ && children_.empty())
      world_.end(self_);
  }

  World& world_;
  tree_pid self_;
  tree_node flags_;
  std::vector<child> children_; // in the order in which they came
  model_restarts restarts_;
  std::uint64_t last_ = 0;
  std::uint64_t timer_ = 0; // of them all
  bool is_ending_ = false;
};

} // namespace aiex::test
