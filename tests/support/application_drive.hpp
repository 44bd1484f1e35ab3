// Carries out what an application_core orders, without actors, and writes down what was done.
#pragma once

#include "aiex/supervision/application/application_core.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace aiex::test {

/// Does what a core orders, as trees would that obey, and writes it down.
class application_drive {
public:
  using lines = std::vector<std::string>;

  explicit application_drive(std::vector<application_plan> given) : core(std::move(given)) {}

  application_core core;
  std::map<std::string, std::pair<exit_kind, std::string>> fails; ///< Starts that do.
  std::set<std::string> waits;   ///< Trees that do not end when they are told.
  std::set<std::string> lingers; ///< Starts that are not over at once.
  lines seen;
  std::vector<child_change> reports;

  lines run(application_orders orders) {
    for (const application_order& each : orders)
      std::visit([this](const auto& order) { this->on(order); }, each);
    return std::exchange(seen, {});
  }
  lines begin() { return run(core.begin()); }
  lines ends(const std::string& name, exit_kind kind) {
    return run(core.on_ended(name, kind, text_of(kind)));
  }
  lines start(const std::string& name, bool together = false) {
    return run(core.start(7, name, together));
  }
  lines stop(const std::string& name) { return run(core.stop(7, name)); }

  static std::string text_of(exit_kind kind) {
    return kind == exit_kind::normal     ? "normal"
           : kind == exit_kind::shutdown ? "shutdown"
                                         : "broken";
  }

private:
  void more(application_orders orders) {
    for (const application_order& each : orders)
      std::visit([this](const auto& order) { this->on(order); }, each);
  }
  void on(const start_application& order) {
    seen.push_back("start " + order.name);
    if (lingers.contains(order.name))
      return;
    if (const auto failure = fails.find(order.name); failure != fails.end())
      more(core.on_start_failed(failure->second.first, failure->second.second));
    else
      more(core.on_started());
  }
  void on(const call_back& order) {
    seen.push_back(
      (order.which == application_callback::stop ? "call stop of " : "call prep_stop of ") +
      order.name);
  }
  void on(const stop_application& order) {
    seen.push_back("stop " + order.name);
    if (!waits.contains(order.name))
      more(core.on_ended(order.name, exit_kind::shutdown, "shutdown"));
  }
  void on(const kill_application& order) { seen.push_back("kill " + order.name); }
  void on(const report_application& order) { reports.push_back(order.what); }
  void on(const answer_application& order) {
    std::string text = "answer " + std::to_string(order.token);
    if (!order.answer)
      text += " " + order.answer.error().message;
    else
      for (const std::string& each : *order.answer)
        text += " " + each;
    seen.push_back(text);
  }
  void on(const end_applications& order) { seen.push_back("end: " + order.failure); }
};

/// How these stop, one after the other.
inline application_drive::lines stopped(const std::vector<std::string>& names) {
  application_drive::lines all;
  for (const std::string& each : names)
    for (const char* what : {"call prep_stop of ", "stop ", "call stop of "})
      all.push_back(what + each);
  return all;
}

inline application_drive::lines operator+(
  application_drive::lines left, const application_drive::lines& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

} // namespace aiex::test
