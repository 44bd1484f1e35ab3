// Scopes of groups in a tree, and actors that join, listen and end.
#pragma once

#include "aiex/actors/cluster/group_monitors.hpp"
#include "aiex/actors/cluster/groups.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include "support/actor_world.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aiex::test {

class group_world : public actor_world {
public:
  using actors = std::vector<caf::actor>;

  explicit group_world(group_table::limits most = {}) : most_(most) { start(); }
  ~group_world() {
    kill(top);
    for (const caf::actor& each : kept_)
      kill(each);
  }
  group_world(const group_world&) = delete;
  group_world& operator=(const group_world&) = delete;

  /// The scopes "aiex" and "other", each under its supervisor.
  void start() {
    supervisor_spec spec{.limit = {10, std::chrono::seconds{1}}};
    for (const char* each : {"aiex", "other"})
      spec.children.push_back(group_scope_child(names, each, most_));
    auto outcome = start_supervisor(system, std::move(spec), {{}, "tested"});
    REQUIRE(std::holds_alternative<started>(outcome));
    top = std::get<started>(outcome).actor;
    settle();
  }

  /// "join g: 1 1" of each `group_changed`: actors by their places in `of`.
  struct hearing {
    std::vector<group_ref> by;
    std::vector<std::string> said;
  };
  using heard = std::shared_ptr<hearing>;
  caf::actor listener(const heard& into) {
    return keep(system.spawn([this, into](caf::event_based_actor*) -> caf::behavior {
      return {[this, into](const group_changed& change) {
        into->by.push_back(change.by);
        into->said.push_back((change.what == group_change::act::join ? "join " : "leave ") +
                             change.group + ":" + numbers(*change.who));
      }};
    }));
  }
  /// One that does nothing.
  caf::actor idle() {
    return keep(
      system.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; }));
  }
  /// Its place in the order of `keep`, for each.
  std::string numbers(const actors& who) const {
    std::string line;
    for (const caf::actor& each : who)
      line += " " + std::to_string(std::ranges::find(kept_, each) - kept_.begin());
    return line;
  }
  caf::actor keep(caf::actor made) {
    kept_.push_back(made);
    return made;
  }

  // "ok", "not_joined", or the name of the error's code. What follows has happened when they
  // return.
  std::string join(const groups& where, const group_name& group, const actors& who) {
    return said_of(where.join(group, who));
  }
  std::string leave(const groups& where, const group_name& group, const actors& who) {
    return said_of(where.leave(group, who));
  }
  group_monitored monitor(const groups& where, const caf::actor& owner, const group_name& group) {
    auto made = where.monitor(owner, group);
    REQUIRE(made);
    return *made;
  }
  scope_monitored monitor_scope(const groups& where, const caf::actor& owner) {
    auto made = where.monitor_scope(owner);
    REQUIRE(made);
    return *made;
  }

  registry names;
  groups scope{names};
  groups other{names, "other"};
  caf::actor top;

private:
  std::string said_of(const result<bool>& outcome) {
    settle();
    if (!outcome)
      return std::string{name(outcome.error().code)};
    return *outcome ? "ok" : "not_joined";
  }

  group_table::limits most_;
  actors kept_;
};

} // namespace aiex::test
