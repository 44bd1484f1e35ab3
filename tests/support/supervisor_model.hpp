// OTP's supervisor once more, as plainly as it can be said: every child stops at once, nothing
// waits, nothing is fast. What supervisor_core does is compared with what this writes down.
// (tree_model.hpp knows more, children that take time and whole trees. This one is for rapidcheck,
// which makes of what goes wrong the shortest story in which it still does.)
#pragma once

#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/tree/child_spec.hpp"
#include "aiex/supervision/tree/supervisor_core.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

class supervisor_model {
public:
  explicit supervisor_model(supervisor_spec spec) : spec_(std::move(spec)) {
    for (const child_spec& each : spec_.children)
      children_.push_back({each});
  }

  std::set<std::string> fails{};
  std::set<std::string> ignores{};

  std::string trace() { return std::exchange(trace_, {}); }

  void begin() { start_from(0); }
  void wait(std::chrono::milliseconds time) { now_ += time; }

  void end(const std::string& id, exit_kind kind) {
    one& child = children_[index_of(id)];
    const one was = child;
    child.status = child_status::stopped;
    if (was.spec.restart == restart::permanent ||
        (was.spec.restart == restart::transient && kind == exit_kind::abnormal))
      return restart_child(id);
    if (was.spec.restart == restart::temporary)
      forget(id);
    const bool others_live = std::any_of(children_.begin(), children_.end(), [](const one& each) {
      return each.spec.significant && each.status != child_status::stopped;
    });
    if (!was.spec.significant || spec_.ends == auto_shutdown::never)
      return;
    if (spec_.ends == auto_shutdown::any_significant || !others_live)
      shut_down();
  }

  void retry() {
    for (const std::string& id : std::exchange(retries_, {}))
      if (knows(id) && children_[index_of(id)].status == child_status::restarting)
        restart_child(id);
  }

  void shut_down() {
    if (has_ended_)
      return;
    stop_from(0);
    has_ended_ = true;
    note("end");
  }

  void start_child(const child_spec& spec) {
    if (has_ended_)
      return refuse(supervision_errc::stopping);
    if (knows(spec.id))
      return refuse(is(spec.id, child_status::running) ? supervision_errc::already_started
                                                       : supervision_errc::already_present);
    children_.push_back({spec});
    if (!start_on_request(spec.id))
      forget(spec.id);
    else
      forget_if_ignored(spec.id);
  }

  void restart_child_on_request(const std::string& id) {
    if (!is_known_and_not_alive(id))
      return;
    start_on_request(id);
  }

  void terminate_child(const std::string& id) {
    if (has_ended_)
      return refuse(supervision_errc::stopping);
    if (!knows(id))
      return refuse(supervision_errc::not_found);
    stop(id);
    note("answer done");
  }

  void delete_child(const std::string& id) {
    if (!is_known_and_not_alive(id))
      return;
    forget(id);
    note("answer done");
  }

  void change(const supervisor_spec& wanted) {
    if (has_ended_)
      return refuse(supervision_errc::stopping);
    std::vector<one> changed;
    for (const child_spec& each : wanted.children)
      changed.push_back(
        {each, knows(each.id) ? children_[index_of(each.id)].status : child_status::stopped});
    for (const one& old : children_)
      if (std::none_of(changed.begin(), changed.end(),
            [&](const one& each) { return each.spec.id == old.spec.id; }))
        changed.push_back(old);
    children_ = std::move(changed);
    spec_ = wanted;
    note("answer done");
  }

  bool is(const std::string& id, child_status status) const {
    return knows(id) && children_[index_of(id)].status == status;
  }

  /// As `core_run::children` says it.
  std::string children() const {
    std::string all;
    for (const one& each : children_) {
      all += (all.empty() ? "" : " ") + each.spec.id;
      all += each.status == child_status::running   ? ""
             : each.status == child_status::stopped ? "-"
                                                    : "!";
    }
    return all;
  }

private:
  struct one {
    child_spec spec;
    child_status status = child_status::stopped;
  };

  void restart_child(const std::string& id) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now_);
    std::erase_if(restarts_, [&](auto then) { return then + spec_.limit.period < second; });
    restarts_.push_back(second);
    if (restarts_.size() > spec_.limit.intensity) {
      children_[index_of(id)].status = child_status::stopped;
      note("give up");
      return shut_down();
    }
    if (spec_.how == strategy::one_for_one) {
      if (!start(id))
        try_again(id);
      return;
    }
    const std::size_t first = spec_.how == strategy::one_for_all ? 0 : index_of(id);
    stop_from(first);
    const std::string failed = start_from(first);
    if (!failed.empty())
      try_again(failed);
  }

  void try_again(const std::string& id) {
    children_[index_of(id)].status = child_status::restarting;
    retries_.push_back(id);
    note("retry " + id + " later");
  }

  bool start(const std::string& id) {
    one& child = children_[index_of(id)];
    if (fails.contains(id)) {
      note("fail " + id);
      return false;
    }
    const bool ignored = ignores.contains(id);
    note((ignored ? "ignore " : "start ") + id);
    child.status = ignored ? child_status::stopped : child_status::running;
    return true;
  }

  /// A temporary one, when it was to be started for the first time.
  void forget_if_ignored(const std::string& id) {
    const one& child = children_[index_of(id)];
    if (child.status == child_status::stopped && child.spec.restart == restart::temporary)
      forget(id);
  }

  bool start_on_request(const std::string& id) {
    const bool well = start(id);
    if (well)
      note(is(id, child_status::running) ? "answer started" : "answer done");
    else
      refuse(supervision_errc::start_failed);
    return well;
  }

  std::string start_from(std::size_t first) {
    for (const std::string& id : ids_from(first))
      if (start(id))
        forget_if_ignored(id);
      else
        return id;
    return {};
  }

  void stop(const std::string& id) {
    one& child = children_[index_of(id)];
    if (child.status == child_status::running)
      note("stop " + id);
    child.status = child_status::stopped;
    if (child.spec.restart == restart::temporary)
      forget(id);
  }

  void stop_from(std::size_t first) {
    auto ids = ids_from(first);
    for (auto id = ids.rbegin(); id != ids.rend(); ++id)
      stop(*id);
  }

  bool is_known_and_not_alive(const std::string& id) {
    if (has_ended_)
      refuse(supervision_errc::stopping);
    else if (!knows(id))
      refuse(supervision_errc::not_found);
    else if (is(id, child_status::running))
      refuse(supervision_errc::running);
    else if (is(id, child_status::restarting))
      refuse(supervision_errc::restarting);
    else
      return true;
    return false;
  }

  std::vector<std::string> ids_from(std::size_t first) const {
    std::vector<std::string> ids;
    for (std::size_t i = first; i < children_.size(); ++i)
      ids.push_back(children_[i].spec.id);
    return ids;
  }

  std::size_t index_of(const std::string& id) const {
    const auto found = std::find_if(
      children_.begin(), children_.end(), [&](const one& each) { return each.spec.id == id; });
    return static_cast<std::size_t>(found - children_.begin());
  }
  bool knows(const std::string& id) const { return index_of(id) < children_.size(); }
  void forget(const std::string& id) {
    std::erase_if(children_, [&](const one& each) { return each.spec.id == id; });
  }

  void note(const std::string& what) { trace_ += (trace_.empty() ? "" : ", ") + what; }
  void refuse(supervision_errc code) { note("refuse " + std::to_string(static_cast<int>(code))); }

  supervisor_spec spec_;
  std::vector<one> children_;
  std::vector<std::chrono::seconds> restarts_;
  std::vector<std::string> retries_;
  std::chrono::milliseconds now_{};
  bool has_ended_ = false;
  std::string trace_;
};

} // namespace aiex::test
