// The core of a dynamic supervisor as one of a `tree_world`.
#pragma once

#include "support/tree_cores.hpp"

namespace aiex::test {

template <class World>
class crowd_of_core {
public:
  crowd_of_core(World& world, tree_pid self, const tree_node& spec)
      : world_(world), self_(self), flags_(spec),
        core_({.intensity = spec.intensity, .period = std::chrono::seconds{spec.period_s}}) {}

  void on_down(tree_pid who, leaving why) {
    run(core_.on_ended(who, core_kind(why), core_reason(why), core_time(world_)));
    answer_terminations(who);
  }
  void on_told() { run(core_.on_shutdown("as told")); }
  void on_retry(const std::string&, std::uint64_t number) {
    run(core_.on_retry(number, core_time(world_)));
  }
  void on_timer(std::uint64_t number) {
    const auto one = timers_.find(number);
    run(one == timers_.end() ? core_.on_all_timeout() : core_.on_stop_timeout(one->second));
  }
  void on_request(const tree_request& request) {
    using kind = tree_step::kind;
    if (request.asked.what == kind::start_child)
      return start_child(request);
    if (request.asked.what == kind::terminate)
      return terminate_child(request.token, request.whom);
    if (request.asked.what != kind::change)
      return world_.answer(request.token, "simple_one_for_one");
    flags_.intensity = request.asked.node.intensity;
    flags_.period_s = request.asked.node.period_s;
    core_.change({flags_.intensity, std::chrono::seconds{flags_.period_s}});
    world_.answer(request.token, "ok");
  }

  std::vector<tree_listed> listed() const {
    std::vector<tree_listed> all;
    for (const auto& [which, each] : core_.children())
      all.push_back({each.spec.id, core_state(each.status), each.key});
    return all;
  }
  std::string spec_text(const std::string&) const { return "simple_one_for_one"; }

private:
  void start_child(const tree_request& request) {
    tree_node node = flags_.children.front();
    node.id = request.asked.id;
    auto orders = core_.add(core_spec(node));
    if (!orders)
      return world_.answer(request.token, core_words(orders.error()));
    token_ = request.token;
    run(std::move(*orders));
  }
  void terminate_child(std::uint64_t token, tree_pid who) {
    auto orders = core_.terminate(who);
    if (!orders)
      return world_.answer(token, world_.lives(who) ? "not_found" : "ok");
    terminations_[who].push_back(token);
    run(std::move(*orders));
    if (!core_.is_running(who))
      answer_terminations(who);
  }
  void answer_terminations(tree_pid who) {
    if (const auto asked = terminations_.extract(who))
      for (const std::uint64_t token : asked.mapped())
        world_.answer(token, "ok");
  }
  void answer_start(const std::string& said) {
    if (token_ != 0)
      world_.answer(std::exchange(token_, 0), said);
  }

  void run(dynamic_core::orders given) {
    std::deque<dynamic_core::order> orders{given.begin(), given.end()};
    while (!orders.empty()) {
      const dynamic_core::order next = std::move(orders.front());
      orders.pop_front();
      const dynamic_core::orders more =
        std::visit([&](const auto& order) { return this->carry_out(order); }, next);
      orders.insert(orders.end(), more.begin(), more.end());
    }
  }

  dynamic_core::orders carry_out(const dynamic_core::start& order) {
    using kind = tree_outcome::kind;
    const tree_node* node = node_of(core_.find(order.which)->spec);
    world_.expect(node != nullptr, "one of a crowd is started without its start function");
    const tree_outcome made =
      node == nullptr ? tree_outcome{kind::failed} : world_.start(self_, *node);
    answer_start(made.what == kind::failed    ? "start_failed"
                 : made.what == kind::ignored ? "ok undefined"
                                              : "ok");
    if (made.what == kind::started)
      return core_.on_started(order.which, made.pid);
    return made.what == kind::ignored ? core_.on_ignored(order.which)
                                      : core_.on_start_failed(order.which, "broken");
  }
  dynamic_core::orders carry_out(const dynamic_core::stop& order) {
    if (order.kills)
      world_.kill(order.key);
    else
      world_.tell(self_, order.key);
    if (order.time)
      timers_[world_.after(self_, order.time->count())] = order.key;
    return {};
  }
  dynamic_core::orders carry_out(const dynamic_core::retry& order) {
    world_.retry(self_, core_.find(order.which)->spec.id, order.which);
    return {};
  }
  dynamic_core::orders carry_out(const dynamic_core::wait& order) {
    world_.after(self_, order.time.count());
    return {};
  }
  dynamic_core::orders carry_out(const dynamic_core::report& order) {
    if (order.what == child_change::shutdown_error)
      world_.note("error " + order.id + ' ' + name_of(leaving_of(order.reason)));
    if (order.what == child_change::restarting)
      world_.expect(restarts_.count(world_.now_ms(), flags_.intensity, flags_.period_s),
        "more restarts than the limit of " + flags_.id + " allows");
    return {};
  }
  dynamic_core::orders carry_out(const dynamic_core::end&) {
    while (!terminations_.empty())
      answer_terminations(terminations_.begin()->first);
    world_.end(self_);
    return {};
  }

  World& world_;
  tree_pid self_;
  tree_node flags_;
  dynamic_core core_;
  restarts_seen restarts_;
  std::uint64_t token_ = 0; // of the first start that runs
  std::map<std::uint64_t, child_key> timers_;
  std::map<tree_pid, std::vector<std::uint64_t>> terminations_; // who waits for whose end
};

} // namespace aiex::test
