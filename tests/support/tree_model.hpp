// OTP's rules for trees of supervisors, as plainly as they can be said, written after
// supervisor.erl: each supervisor is an object, a child that is one holds its own, everything
// happens at once. It shares nothing with the cores that are held against it.
#pragma once

#include "support/tree_story.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <utility>

namespace aiex::test {

class model_supervisor {
public:
  using notes = std::vector<std::string>;
  enum class state : std::uint8_t { stopped, running, restarting };
  struct child {
    tree_node spec;
    state now = state::stopped;
    std::unique_ptr<model_supervisor> below{};
  };
  struct retry {
    std::weak_ptr<int> of; ///< Its life.
    model_supervisor* whose;
    std::string id;
  };
  struct shared {
    tree_weather& weather;
    notes& trace;
    std::deque<retry> retries{};
  };

  model_supervisor(tree_node spec, shared& all) : spec_(std::move(spec)), all_(all) {
    for (const tree_node& each : spec_.children)
      children_.push_back({each});
  }

  const std::string& id() const { return spec_.id; }
  const std::vector<child>& children() const { return children_; }

  /// False: one has failed, and those before it were stopped again.
  bool begin() {
    if (start_from(0).empty())
      return true;
    stop_from(0);
    return false;
  }
  void stop() { stop_from(0); }

  /// Of each: true if the supervisor has ended because of it.
  bool on_exit(const std::string& id, leaving why) {
    child& its = *find(id);
    its.now = state::stopped;
    its.below.reset();
    const bool again = its.spec.how == lasting::permanent ||
                       (its.spec.how == lasting::transient && why == leaving::crash);
    if (again)
      return restart(id);
    const bool significant = its.spec.significant;
    forget_if_temporary(id);
    if (!significant || spec_.ends == closing::never)
      return false;
    const bool others = std::any_of(children_.begin(), children_.end(),
      [](const child& each) { return each.spec.significant && each.now != state::stopped; });
    if (spec_.ends == closing::all && others)
      return false;
    stop();
    return true;
  }
  bool on_retry(const std::string& id) {
    const child* its = find(id);
    return its != nullptr && its->now == state::restarting && restart(id);
  }

  void start_child(const tree_node& spec) {
    if (const child* known = find(spec.id))
      return answer(known->now == state::running ? "already_started" : "already_present");
    children_.push_back({spec});
    if (start(spec.id))
      return answer("ok");
    std::erase_if(children_, [&](const child& each) { return each.spec.id == spec.id; });
    answer("start_failed");
  }
  void terminate(const std::string& id) {
    if (find(id) == nullptr)
      return answer("not_found");
    stop(id);
    answer("ok");
  }
  void restart_child(const std::string& id) {
    if (is_at_rest(id))
      answer(start(id) ? "ok" : "start_failed");
  }
  void erase(const std::string& id) {
    if (!is_at_rest(id))
      return;
    std::erase_if(children_, [&](const child& each) { return each.spec.id == id; });
    answer("ok");
  }

private:
  child* find(const std::string& id) {
    const auto found = std::find_if(
      children_.begin(), children_.end(), [&](const child& each) { return each.spec.id == id; });
    return found == children_.end() ? nullptr : &*found;
  }
  void note(const std::string& line) { all_.trace.push_back(line); }
  void answer(const std::string& what) { note("answer " + what); }

  bool is_at_rest(const std::string& id) {
    const child* its = find(id);
    if (its == nullptr)
      answer("not_found");
    else if (its->now == state::running)
      answer("running");
    else if (its->now == state::restarting)
      answer("restarting");
    return its != nullptr && its->now == state::stopped;
  }

  void forget_if_temporary(const std::string& id) {
    std::erase_if(children_,
      [&](const child& each) { return each.spec.id == id && each.spec.how == lasting::temporary; });
  }

  bool start(const std::string& id) {
    child& its = *find(id);
    its.now = state::stopped;
    if (all_.weather.fails.contains(id))
      return note("fail " + id), false;
    if (all_.weather.ignores.contains(id)) {
      note("ignore " + id);
      forget_if_temporary(id);
      return true;
    }
    if (its.spec.supervises) {
      its.below = std::make_unique<model_supervisor>(its.spec, all_);
      if (!its.below->begin()) {
        its.below.reset();
        return note("fail " + id), false;
      }
    }
    its.now = state::running;
    note("start " + id);
    return true;
  }

  void stop(const std::string& id) {
    child& its = *find(id);
    if (its.now == state::running) {
      if (its.below)
        its.below->stop();
      its.below.reset();
      note("end " + id);
    }
    its.now = state::stopped;
    forget_if_temporary(id);
  }

  std::vector<std::string> ids_from(std::size_t first) const {
    std::vector<std::string> ids;
    for (std::size_t i = first; i < children_.size(); ++i)
      ids.push_back(children_[i].spec.id);
    return ids;
  }
  void stop_from(std::size_t first) {
    const std::vector<std::string> ids = ids_from(first);
    for (auto id = ids.rbegin(); id != ids.rend(); ++id)
      stop(*id);
  }
  /// Who has failed, or nobody.
  std::string start_from(std::size_t first) {
    for (const std::string& id : ids_from(first))
      if (!start(id))
        return id;
    return {};
  }

  bool restart(const std::string& id) {
    const std::int64_t now = all_.weather.now_s;
    std::erase_if(restarts_, [&](std::int64_t then) { return then < now - spec_.period_s; });
    restarts_.push_back(now);
    find(id)->now = state::stopped;
    if (restarts_.size() > spec_.intensity) {
      stop();
      return true;
    }
    std::string failed;
    if (spec_.strategy == style::one_for_one) {
      failed = start(id) ? std::string{} : id;
    } else {
      const std::size_t first = spec_.strategy == style::one_for_all
                                  ? 0
                                  : static_cast<std::size_t>(find(id) - children_.data());
      stop_from(first);
      failed = start_from(first);
    }
    if (!failed.empty()) {
      find(failed)->now = state::restarting;
      all_.retries.push_back({life_, this, failed});
    }
    return false;
  }

  tree_node spec_;
  shared& all_;
  std::vector<child> children_;
  std::vector<std::int64_t> restarts_;
  std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

/// The whole tree, and who hears of an end.
class tree_model {
public:
  explicit tree_model(tree_weather& weather) : all_{weather, trace_} {}

  void begin(const tree_node& top) {
    top_ = std::make_unique<model_supervisor>(top, all_);
    if (!top_->begin())
      top_.reset();
  }
  std::vector<std::string> take_trace() { return std::exchange(trace_, {}); }

  void play(const tree_step& step) {
    using kind = tree_step::kind;
    std::vector<model_supervisor*> path;
    if (step.what == kind::leave) {
      if (top_ && path_to(*top_, step.id, path)) {
        trace_.push_back("end " + step.id);
        rise(path, step.id, step.reason);
      }
      return;
    }
    if (step.what == kind::retry)
      return retry();
    if (!top_ || !path_of_supervisor(*top_, step.supervisor, path))
      return;
    model_supervisor& asked = *path.back();
    if (step.what == kind::start_child)
      asked.start_child({.id = step.id, .how = step.how});
    else if (step.what == kind::terminate)
      asked.terminate(step.id);
    else if (step.what == kind::restart)
      asked.restart_child(step.id);
    else if (step.what == kind::erase)
      asked.erase(step.id);
  }

  void stop() {
    if (top_)
      top_->stop();
    top_.reset();
  }

  std::string drawing() const { return top_ ? drawing_of(*top_) : "gone"; }

private:
  using state = model_supervisor::state;
  using path_down = std::vector<model_supervisor*>;

  /// A worker that runs; supervisors end by themselves only.
  static bool path_to(model_supervisor& from, const std::string& id, path_down& path) {
    path.push_back(&from);
    for (const auto& each : from.children()) {
      if (each.spec.id == id && each.now == state::running && !each.spec.supervises)
        return true;
      if (each.below && path_to(*each.below, id, path))
        return true;
    }
    path.pop_back();
    return false;
  }
  static bool path_of_supervisor(model_supervisor& from, const std::string& id, path_down& path) {
    path.push_back(&from);
    if (from.id() == id)
      return true;
    for (const auto& each : from.children())
      if (each.below && path_of_supervisor(*each.below, id, path))
        return true;
    path.pop_back();
    return false;
  }

  /// A supervisor that ends is an end for the one above it.
  void rise(path_down path, std::string id, leaving why) {
    while (!path.empty() && path.back()->on_exit(id, why))
      ended(path, id, why);
  }
  void ended(path_down& path, std::string& id, leaving& why) {
    id = path.back()->id();
    why = leaving::shutdown;
    trace_.push_back("end " + id);
    path.pop_back();
    if (path.empty())
      top_.reset();
  }

  void retry() {
    if (all_.retries.empty())
      return;
    const model_supervisor::retry next = all_.retries.front();
    all_.retries.pop_front();
    path_down path;
    if (next.of.expired() || !path_of_supervisor(*top_, next.whose->id(), path))
      return;
    std::string id = next.id;
    leaving why{};
    if (!next.whose->on_retry(id))
      return;
    ended(path, id, why);
    rise(path, id, why);
  }

  static std::string drawing_of(const model_supervisor& of) {
    std::string all = "(";
    for (const auto& each : of.children())
      all += ' ' + each.spec.id +
             (each.now == state::running    ? ""
               : each.now == state::stopped ? "-"
                                            : "!") +
             (each.below ? drawing_of(*each.below) : "");
    return all + " )";
  }

  std::vector<std::string> trace_;
  model_supervisor::shared all_;
  std::unique_ptr<model_supervisor> top_;
};

} // namespace aiex::test
