// The real cores as supervisors of a `tree_world`: their orders are carried out there, and what
// must always hold is looked at beside.
#pragma once

#include "aiex/supervision/process/exit_reasons.hpp"
#include "aiex/supervision/tree/dynamic_core.hpp"
#include "aiex/supervision/tree/supervisor_core.hpp"

#include "support/tree_world.hpp"

#include <caf/exit_reason.hpp>

#include <memory>
#include <optional>

namespace aiex::test {

/// The start function of a child: the node that is to be started.
struct starts_node {
  std::shared_ptr<const tree_node> node{};
  start_outcome operator()(caf::event_based_actor&) const { return ignored{}; }
};

inline const tree_node* node_of(const child_spec& spec) {
  const auto* start = spec.start.target<starts_node>();
  return start == nullptr ? nullptr : start->node.get();
}

inline child_spec core_spec(const tree_node& node) {
  const shutdown how = node.shutdown_ms == kill_at_once ? shutdown::brutal_kill()
                       : node.shutdown_ms == wait_for_ever
                         ? shutdown::infinity()
                         : shutdown::after(std::chrono::milliseconds{node.shutdown_ms});
  child_spec made = worker(node.id, starts_node{std::make_shared<const tree_node>(node)},
    {.restart = static_cast<restart>(node.how), .shutdown = how, .significant = node.significant});
  made.kind = node.supervises() ? child_kind::supervisor : child_kind::worker;
  return made;
}

inline supervisor_spec core_spec_of(const tree_node& node) {
  supervisor_spec spec{.how = static_cast<strategy>(node.strategy),
    .limit = {.intensity = node.intensity, .period = std::chrono::seconds{node.period_s}},
    .ends = static_cast<auto_shutdown>(node.ends)};
  for (const tree_node& each : node.children)
    spec.children.push_back(core_spec(each));
  return spec;
}

inline exit_kind core_kind(leaving why) {
  switch (why) {
  case leaving::normal: return exit_kind::normal;
  case leaving::shutdown:
  case leaving::shutdown_with_words: return exit_kind::shutdown;
  default: return exit_kind::abnormal;
  }
}
inline std::string core_reason(leaving why) {
  switch (why) {
  case leaving::normal: return exit_text({});
  case leaving::shutdown: return exit_text(shutdown_reason());
  case leaving::shutdown_with_words: return exit_text(shutdown_reason("words"));
  case leaving::killed: return exit_text(caf::exit_reason::kill);
  default: return name_of(why);
  }
}
inline leaving leaving_of(const std::string& reason) {
  for (int i = 0; i < 5; ++i)
    if (core_reason(static_cast<leaving>(i)) == reason)
      return static_cast<leaving>(i);
  return leaving::crash;
}

inline std::string core_words(const supervision_error& error) {
  switch (error.code) {
  case supervision_errc::duplicate_id: return "duplicate_child_name";
  case supervision_errc::already_started: return "already_started";
  case supervision_errc::already_present: return "already_present";
  case supervision_errc::running: return "running";
  case supervision_errc::restarting: return "restarting";
  case supervision_errc::not_found: return "not_found";
  case supervision_errc::start_failed: return "start_failed";
  case supervision_errc::stopping: return "gone";
  case supervision_errc::significant_never: return "bad_combination auto_shutdown";
  case supervision_errc::significant_permanent: return "bad_combination restart";
  default: return "code " + std::to_string(static_cast<int>(error.code));
  }
}

inline tree_listed::kind core_state(child_status status) {
  switch (status) {
  case child_status::running: return tree_listed::kind::running;
  case child_status::restarting: return tree_listed::kind::restarting;
  default: return tree_listed::kind::undefined;
  }
}

inline std::string core_spec_text(const child_spec& spec) {
  const shutdown how = spec.stop_by();
  const std::int64_t time = how.kills()           ? kill_at_once
                            : how.waits_forever() ? wait_for_ever
                                                  : how.time().count();
  return std::to_string(static_cast<int>(spec.restart)) + ' ' + std::to_string(spec.significant) +
         ' ' + std::to_string(time);
}

template <class World>
supervisor_core::time_point core_time(const World& world) {
  return supervisor_core::time_point{std::chrono::milliseconds{world.now_ms()}};
}

/// No more restarts than `intensity` in `period_s`, both inclusive, in whole seconds.
class restarts_seen {
public:
  bool count(std::int64_t now_ms, unsigned intensity, unsigned period_s) {
    const std::int64_t now = now_ms / 1'000;
    std::erase_if(seen_, [&](std::int64_t then) { return then < now - period_s; });
    seen_.push_back(now);
    return seen_.size() <= intensity;
  }

private:
  std::vector<std::int64_t> seen_;
};

template <class World>
class supervisor_of_core {
public:
  supervisor_of_core(World& world, tree_pid self, const tree_node& spec)
      : world_(world), self_(self), flags_(spec), core_(core_spec_of(spec)) {}

  void begin() {
    run(core_.begin());
    if (core_.has_begun())
      world_.has_begun(self_);
  }
  void on_down(tree_pid who, leaving why) {
    if (waits_for_ == who)
      waits_for_ = 0;
    if (failing_ == who) {
      failing_ = 0;
      return run(core_.on_start_failed("broken", core_time(world_)));
    }
    run(core_.on_ended(who, core_kind(why), core_reason(why), core_time(world_)));
  }
  void on_told() { run(core_.on_shutdown("as told")); }
  void on_retry(const std::string& id, std::uint64_t number) {
    run(core_.on_retry(id, number, core_time(world_)));
  }
  void on_timer(std::uint64_t number) {
    run(core_.on_stop_timeout(timers_.at(number), core_time(world_)));
  }
  void on_request(const tree_request& request) {
    using kind = tree_step::kind;
    const tree_step& asked = request.asked;
    if (asked.what == kind::change)
      changes_[request.token] = asked.node;
    if (asked.what == kind::restart || asked.what == kind::start_child)
      asked_for_[request.token] = asked.id;
    const auto ask = [&](auto what) { run(core_.on_request(request.token, std::move(what))); };
    switch (asked.what) {
    case kind::start_child: return ask(start_request{core_spec(asked.node)});
    case kind::terminate: return ask(terminate_request{asked.id});
    case kind::restart: return ask(restart_request{asked.id});
    case kind::erase: return ask(delete_request{asked.id});
    default: ask(change_request{core_spec_of(asked.node)});
    }
  }

  bool is_busy() const { return waits_for_ != 0 || failing_ != 0; }
  std::vector<tree_listed> listed() const {
    std::vector<tree_listed> all;
    for (const auto& each : core_.children())
      all.push_back({each.spec.id, core_state(each.status), each.key});
    return all;
  }
  std::string spec_text(const std::string& id) const {
    const auto* known = core_.find(id);
    return known == nullptr ? "not_found" : core_spec_text(known->spec);
  }

private:
  void run(supervisor_orders given) {
    std::deque<supervisor_order> orders{given.begin(), given.end()};
    while (!orders.empty()) {
      const supervisor_order next = std::move(orders.front());
      orders.pop_front();
      const supervisor_orders more =
        std::visit([&](const auto& order) { return this->carry_out(order); }, next);
      orders.insert(orders.end(), more.begin(), more.end());
    }
  }

  supervisor_orders carry_out(const start_order& order) {
    using kind = tree_outcome::kind;
    look_at_the_order(order.id);
    const tree_node* node = node_of(core_.find(order.id)->spec);
    world_.expect(node != nullptr, order.id + " is started without its start function");
    const tree_outcome made =
      node == nullptr ? tree_outcome{kind::failed} : world_.start(self_, *node);
    switch (made.what) {
    case kind::started: return core_.on_started(made.pid);
    case kind::ignored: return core_.on_ignored();
    case kind::failed: return core_.on_start_failed("broken", core_time(world_));
    case kind::failing: failing_ = made.pid;
    }
    return {};
  }
  /// Of several that are started none stands before one that runs already.
  void look_at_the_order(const std::string& id) {
    for (const auto& [token, asked] : asked_for_)
      if (asked == id)
        return;
    bool is_behind = false;
    for (const auto& each : core_.children()) {
      const bool runs_behind = is_behind && each.status == child_status::running;
      world_.expect(!runs_behind || flags_.strategy == style::one_for_one,
        id + " is started after " + each.spec.id);
      is_behind = is_behind || each.spec.id == id;
    }
  }

  supervisor_orders carry_out(const stop_order& order) {
    if (order.how.kills())
      return carry_out(kill_order{order.key});
    waits_for_ = order.key;
    world_.tell(self_, order.key);
    if (!order.how.waits_forever())
      timers_[world_.after(self_, order.how.time().count())] = order.key;
    return {};
  }
  supervisor_orders carry_out(const kill_order& order) {
    waits_for_ = order.key;
    world_.kill(order.key);
    return {};
  }
  supervisor_orders carry_out(const retry_order& order) {
    world_.retry(self_, order.id, order.number);
    return {};
  }
  supervisor_orders carry_out(const answer_order& order) {
    if (const auto change = changes_.extract(order.token); change && order.answer)
      flags_ = change.mapped();
    const bool is_start = asked_for_.erase(order.token) == 1;
    world_.answer(order.token, !order.answer                ? core_words(order.answer.error())
                               : is_start && !*order.answer ? "ok undefined"
                                                            : "ok");
    return {};
  }
  supervisor_orders carry_out(const report_order& order) {
    if (order.what == child_change::shutdown_error)
      world_.note("error " + order.id + ' ' + name_of(leaving_of(order.reason)));
    if (order.what == child_change::restarting)
      world_.expect(restarts_.count(world_.now_ms(), flags_.intensity, flags_.period_s),
        "more restarts than the limit of " + flags_.id + " allows");
    return {};
  }
  supervisor_orders carry_out(const end_order&) {
    world_.end(self_);
    return {};
  }

  World& world_;
  tree_pid self_;
  tree_node flags_;
  supervisor_core core_;
  restarts_seen restarts_;
  tree_pid waits_for_ = 0;
  tree_pid failing_ = 0;
  std::map<std::uint64_t, child_key> timers_;
  std::map<std::uint64_t, tree_node> changes_;     // that are not answered yet
  std::map<std::uint64_t, std::string> asked_for_; // starts of one child, the same
};

} // namespace aiex::test
