// Carries out what a supervisor_core orders, without actors, and writes down what was done.
#pragma once

#include "aiex/supervision/tree/supervisor_core.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace aiex::test {

/// A child that needs nothing: the run decides what becomes of its start.
inline child_spec child(
  std::string id, restart how = restart::permanent, bool is_significant = false) {
  return worker(std::move(id), [](caf::event_based_actor&) -> start_outcome { return ignored{}; },
    {.restart = how, .significant = is_significant});
}

class core_run {
public:
  explicit core_run(supervisor_spec spec) : core(std::move(spec)) {}

  supervisor_core core;
  std::set<std::string> fails{};   ///< These do not start.
  std::set<std::string> ignores{}; ///< These answer ignored.
  std::set<std::string> hangs{};   ///< These do not shut down.
  std::set<std::string> sticks{};  ///< These do not even end when they are killed.

  std::vector<std::string> errors{}; ///< Who ended otherwise than told: "a: no disk".

  /// What was done since the last call: "start a, stop b".
  std::string trace() { return std::exchange(trace_, {}); }

  void begin() { run(core.begin()); }
  void end(const std::string& id, exit_kind kind = exit_kind::abnormal, std::string reason = {}) {
    if (reason.empty())
      reason = kind == exit_kind::normal     ? "normal"
               : kind == exit_kind::shutdown ? "shutdown"
                                             : "no disk";
    run(core.on_ended(keys_.at(id), kind, std::move(reason), now_));
  }
  void wait(std::chrono::milliseconds time) { now_ += time; }
  void time_out(const std::string& id) { run(core.on_stop_timeout(keys_.at(id), now_)); }
  void shut_down() { run(core.on_shutdown("as told")); }
  void ask(supervisor_request request) { run(core.on_request(++token_, std::move(request))); }
  void retry() {
    for (const retry_order& each : std::exchange(retries_, {}))
      run(core.on_retry(each.id, each.number, now_));
  }

  /// Ids and states: "a b- c!" for running, stopped, restarting.
  std::string children() const {
    std::string all;
    for (const auto& each : core.children()) {
      all += (all.empty() ? "" : " ") + each.spec.id;
      all += each.status == child_status::running   ? ""
             : each.status == child_status::stopped ? "-"
                                                    : "!";
    }
    return all;
  }

private:
  void run(supervisor_orders given) {
    std::deque<supervisor_order> orders{given.begin(), given.end()};
    while (!orders.empty()) {
      const supervisor_order next = std::move(orders.front());
      orders.pop_front();
      const supervisor_orders more =
        std::visit([this](const auto& order) { return this->carry_out(order); }, next);
      orders.insert(orders.end(), more.begin(), more.end());
    }
  }

  void note(const std::string& what) { trace_ += (trace_.empty() ? "" : ", ") + what; }

  supervisor_orders carry_out(const start_order& order) {
    if (fails.contains(order.id)) {
      note("fail " + order.id);
      return core.on_start_failed("broken", now_);
    }
    if (ignores.contains(order.id)) {
      note("ignore " + order.id);
      return core.on_ignored();
    }
    note("start " + order.id);
    keys_[order.id] = ++key_;
    ids_[key_] = order.id;
    return core.on_started(key_);
  }
  supervisor_orders carry_out(const stop_order& order) {
    const std::string& id = ids_.at(order.key);
    note((order.how.kills() ? "kill " : "stop ") + id);
    if (hangs.contains(id))
      return {};
    return core.on_ended(order.key, exit_kind::shutdown, "shutdown", now_);
  }
  supervisor_orders carry_out(const kill_order& order) {
    const std::string& id = ids_.at(order.key);
    note("kill " + id);
    if (sticks.contains(id))
      return {};
    return core.on_ended(order.key, exit_kind::abnormal, "killed", now_);
  }
  supervisor_orders carry_out(const retry_order& order) {
    note("retry " + order.id + " later");
    retries_.push_back(order);
    return {};
  }
  supervisor_orders carry_out(const answer_order& order) {
    if (order.answer)
      note(*order.answer ? "answer started" : "answer done");
    else
      note("refuse " + std::to_string(static_cast<int>(order.answer.error().code)));
    return {};
  }
  supervisor_orders carry_out(const report_order& order) {
    if (order.what == child_change::shutdown_error)
      errors.push_back(order.id + ": " + order.reason);
    if (order.what == child_change::gave_up)
      note("give up");
    if (order.what == child_change::abandoned)
      note("abandon " + order.id);
    return {};
  }
  supervisor_orders carry_out(const end_order& order) {
    note(order.why == end_order::cause::failed_to_begin ? "end: " + order.reason : "end");
    return {};
  }

  std::string trace_;
  std::map<std::string, child_key> keys_;
  std::map<child_key, std::string> ids_;
  std::vector<retry_order> retries_;
  child_key key_ = 0;
  request_token token_ = 0;
  supervisor_core::time_point now_{};
};

} // namespace aiex::test
