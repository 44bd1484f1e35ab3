// The real cores, composed into a tree without actors: who is told to start a supervisor begins its
// core, and the end of a core is an end for the one above. Holds what must always hold, beside.
#pragma once

#include "aiex/supervision/tree/supervisor_core.hpp"

#include "support/tree_story.hpp"

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace aiex::test {

class tree_run {
public:
  explicit tree_run(tree_weather& weather) : weather_(weather) {}

  std::vector<std::string> broken{}; ///< What must hold and does not.

  void begin(const tree_node& top) {
    top_ = std::make_unique<node>(node{.spec = top, .core = core_of(top)});
    run(*top_, top_->core->begin());
    if (top_->ended)
      top_.reset();
  }
  std::vector<std::string> take_trace() { return std::exchange(trace_, {}); }

  void play(const tree_step& step) {
    using kind = tree_step::kind;
    if (step.what == kind::leave)
      return leave(step);
    if (step.what == kind::retry)
      return retry();
    node* asked = top_ ? supervisor(*top_, step.supervisor) : nullptr;
    if (asked == nullptr)
      return;
    const request_token token = ++token_;
    if (step.what == kind::start_child)
      request(*asked, token, start_request{spec_of({.id = step.id, .how = step.how})});
    else if (step.what == kind::terminate)
      request(*asked, token, terminate_request{step.id});
    else if (step.what == kind::restart)
      request(*asked, token, restart_request{step.id});
    else if (step.what == kind::erase)
      request(*asked, token, delete_request{step.id});
  }

  void stop() {
    if (top_)
      run(*top_, top_->core->on_shutdown("as told"));
    top_.reset();
    expect(workers_.empty(), "a child runs on under a supervisor that has ended");
  }

  std::string drawing() const { return top_ ? drawing_of(*top_) : "gone"; }

private:
  struct node {
    tree_node spec{};
    std::unique_ptr<supervisor_core> core{};
    node* above = nullptr;
    child_key key = 0;
    bool ended = false;
    std::map<std::string, child_key> keys{};
    std::map<child_key, std::string> ids{};
    std::map<child_key, std::unique_ptr<node>> below{};
    std::deque<std::int64_t> restarts{};
    std::uint64_t number = 0;
  };

  void expect(bool holds, const std::string& what) {
    if (!holds)
      broken.push_back(what);
  }

  static child_spec spec_of(const tree_node& node) {
    child_spec made =
      worker(node.id, [](caf::event_based_actor&) -> start_outcome { return ignored{}; },
        {.restart = static_cast<restart>(node.how), .significant = node.significant});
    made.kind = node.supervises ? child_kind::supervisor : child_kind::worker;
    return made;
  }
  static std::unique_ptr<supervisor_core> core_of(const tree_node& node) {
    supervisor_spec spec{.how = static_cast<strategy>(node.strategy),
      .limit = {.intensity = node.intensity, .period = std::chrono::seconds{node.period_s}},
      .ends = static_cast<auto_shutdown>(node.ends)};
    for (const tree_node& each : node.children)
      spec.children.push_back(spec_of(each));
    return std::make_unique<supervisor_core>(std::move(spec));
  }
  supervisor_core::time_point now() const {
    return supervisor_core::time_point{std::chrono::seconds{weather_.now_s}};
  }

  node* supervisor(node& from, const std::string& id) {
    if (from.spec.id == id)
      return &from;
    for (auto& [key, each] : from.below)
      if (node* found = supervisor(*each, id))
        return found;
    return nullptr;
  }

  void leave(const tree_step& step) {
    const auto found = workers_.find(step.id);
    if (found == workers_.end())
      return;
    node& its = *found->second;
    workers_.erase(found);
    trace_.push_back("end " + step.id);
    run(its, its.core->on_ended(
               its.keys.at(step.id), static_cast<exit_kind>(step.reason), "as told", now()));
    rise(&its);
  }
  void retry() {
    if (retries_.empty())
      return;
    const auto [whose, order] = retries_.front();
    retries_.pop_front();
    if (const auto found = alive_.find(whose); found != alive_.end()) {
      node* its = found->second;
      run(*its, its->core->on_retry(order.id, order.number, now()));
      rise(its);
    }
  }
  void request(node& of, request_token token, supervisor_request asked) {
    open_.insert(token);
    run(of, of.core->on_request(token, std::move(asked)));
    expect(!open_.contains(token), "a request has no answer");
  }

  /// The end of a core by itself is told to the one above.
  void rise(node* from) {
    while (from->ended) {
      node* above = from->above;
      trace_.push_back("end " + from->spec.id);
      if (above == nullptr)
        return top_.reset();
      const child_key key = from->key;
      above->below.erase(key);
      run(*above, above->core->on_ended(key, exit_kind::shutdown, "shutdown", now()));
      from = above;
    }
  }

  void run(node& of, supervisor_orders given) {
    if (of.number == 0)
      alive_[of.number = ++number_] = &of;
    std::deque<supervisor_order> orders{given.begin(), given.end()};
    while (!orders.empty()) {
      const supervisor_order next = std::move(orders.front());
      orders.pop_front();
      const supervisor_orders more =
        std::visit([&](const auto& order) { return this->carry_out(of, order); }, next);
      orders.insert(orders.end(), more.begin(), more.end());
    }
  }

  supervisor_orders carry_out(node& of, const start_order& order) {
    expect(!of.ended, "a supervisor that has ended starts a child");
    if (weather_.fails.contains(order.id))
      return fail(of, order.id);
    if (weather_.ignores.contains(order.id)) {
      trace_.push_back("ignore " + order.id);
      return of.core->on_ignored();
    }
    const child_key key = ++key_;
    const tree_node spec = node_of(of, order.id);
    if (spec.supervises) {
      auto made =
        std::make_unique<node>(node{.spec = spec, .core = core_of(spec), .above = &of, .key = key});
      run(*made, made->core->begin());
      if (made->ended)
        return fail(of, order.id);
      of.below[key] = std::move(made);
    } else {
      workers_[order.id] = &of;
    }
    of.keys[order.id] = key;
    of.ids[key] = order.id;
    trace_.push_back("start " + order.id);
    return of.core->on_started(key);
  }
  supervisor_orders fail(node& of, const std::string& id) {
    trace_.push_back("fail " + id);
    return of.core->on_start_failed("broken");
  }
  static tree_node node_of(const node& of, const std::string& id) {
    for (const tree_node& each : of.spec.children)
      if (each.id == id && of.core->find(id)->spec.kind ==
                             (each.supervises ? child_kind::supervisor : child_kind::worker))
        return each;
    return {.id = id};
  }

  supervisor_orders carry_out(node& of, const stop_order& order) {
    const std::string id = of.ids.at(order.key);
    if (const auto below = of.below.find(order.key); below != of.below.end()) {
      run(*below->second, below->second->core->on_shutdown("as told"));
      expect(below->second->ended, "a supervisor that is told to end does not");
      of.below.erase(below);
    } else {
      workers_.erase(id);
    }
    trace_.push_back("end " + id);
    return of.core->on_ended(order.key, exit_kind::shutdown, "shutdown", now());
  }
  supervisor_orders carry_out(node&, const kill_order&) {
    expect(false, "nobody hangs, but one is killed");
    return {};
  }
  supervisor_orders carry_out(node& of, const retry_order& order) {
    retries_.emplace_back(of.number, order);
    return {};
  }
  supervisor_orders carry_out(node&, const answer_order& order) {
    expect(open_.erase(order.token) == 1, "a request is answered twice");
    trace_.push_back("answer " + answer_text(order));
    return {};
  }
  supervisor_orders carry_out(node& of, const report_order& order) {
    if (order.what != child_change::restarting)
      return {};
    of.restarts.push_back(weather_.now_s);
    while (of.restarts.front() < weather_.now_s - std::int64_t{of.spec.period_s})
      of.restarts.pop_front();
    expect(of.restarts.size() <= of.spec.intensity, "more restarts than the limit allows");
    return {};
  }
  supervisor_orders carry_out(node& of, const end_order&) {
    of.ended = true;
    alive_.erase(of.number);
    expect(of.below.empty(), "a supervisor runs on under one that has ended");
    for (const auto& [id, its] : workers_)
      expect(its != &of, "a child runs on under a supervisor that has ended");
    return {};
  }

  static std::string answer_text(const answer_order& order) {
    if (order.answer)
      return "ok";
    switch (order.answer.error().code) {
    case supervision_errc::already_started: return "already_started";
    case supervision_errc::already_present: return "already_present";
    case supervision_errc::running: return "running";
    case supervision_errc::restarting: return "restarting";
    case supervision_errc::not_found: return "not_found";
    case supervision_errc::start_failed: return "start_failed";
    default: return "code " + std::to_string(static_cast<int>(order.answer.error().code));
    }
  }

  static std::string drawing_of(const node& of) {
    std::string all = "(";
    for (const auto& each : of.core->children()) {
      all += ' ' + each.spec.id;
      all += each.status == child_status::running   ? ""
             : each.status == child_status::stopped ? "-"
                                                    : "!";
      if (const auto below = of.below.find(each.key);
          each.status == child_status::running && below != of.below.end())
        all += drawing_of(*below->second);
    }
    return all + " )";
  }

  tree_weather& weather_;
  std::unique_ptr<node> top_;
  std::vector<std::string> trace_;
  std::map<std::string, node*> workers_; // who runs, and under whom
  std::map<std::uint64_t, node*> alive_;
  std::deque<std::pair<std::uint64_t, retry_order>> retries_;
  std::set<request_token> open_;
  request_token token_ = 0;
  child_key key_ = 0;
  std::uint64_t number_ = 0;
};

} // namespace aiex::test
