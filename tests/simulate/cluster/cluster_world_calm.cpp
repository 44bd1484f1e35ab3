// How a world ends: everything is healed, and then nothing may be missing.
#include "aiex/persistence/store/state_digest.hpp"

#include "simulate/cluster/cluster_operator.hpp"
#include "simulate/cluster/cluster_world.hpp"
#include "simulate/cluster/history_check.hpp"
#include "simulate/cluster/rules/leader_not_deposed.hpp"

#include <algorithm>

namespace aiex::test {

namespace {

constexpr virtual_us settle_time = 120 * second;
constexpr virtual_us longest_pause = 3 * second;

} // namespace

std::string cluster_world::unsettled() {
  const simulated_machine* leads = leader();
  if (leads == nullptr || !leads->node->core().leading->ready)
    return "nobody leads";
  const consensus::core_state& core = leads->node->core();
  if (core.leading->transfer_to)
    return leads->name() + " hands over";
  const std::uint64_t last = core.last().index;
  if (core.committed != last)
    return leads->name() + " cannot commit its last entry";
  for (const auto& each : clients_)
    if (!each->is_idle())
      return "a client has no answer";
  for (const auto& each : hosts_)
    if (!each->is_idle())
      return "a host of sessions has no answer";
  const consensus::configuration& members = core.members.current();
  if (members.members.size() != machines.size())
    return "not as many members as machines";
  for (const simulated_machine& each : machines) {
    if (!members.is_voter(each.id()))
      return each.name() + " is no voter";
    if (!each.disk->rotten().empty())
      return each.name() + " has a damaged entry";
    if (each.node->applied().index != last)
      return each.name() + " has not applied everything";
    if (each.node->projected() != each.node->applied().position.value)
      return "the projection of " + each.name() + " lags";
  }
  return {};
}

void cluster_world::settle() {
  network.join();
  network.quality = {};
  trace.add(time.now(), "", "-- all is healed --");
  for (simulated_machine& each : machines) {
    each.disk->quality = {};
    each.disk->fails_next_sync = false;
    each.node->pause_until(0);
    each.node->be_calm();
    start(each.number);
    if (each.node->is_lost())
      replace(each.number);
    start(each.number);
  }
  for (const auto& each : clients_)
    each->finish();
  for (const auto& each : hosts_)
    each->finish();
  cluster_operator runs{*this};
  runs.only_repairs();
  const virtual_us end = time.now() + settle_time;
  virtual_us next_look = time.now() + longest_pause; // who slept has old messages to hear
  while (time.now() < end && time.step()) {
    if (time.now() < next_look)
      continue;
    next_look = time.now() + 100 * millisecond;
    for (simulated_machine& each : machines) {
      start(each.number);
      if (!each.disk->rotten().empty())
        each.node->check_log();
    }
    if (unsettled().empty()) {
      runs.stop();
      return;
    }
  }
  throw broken_rule{"liveness", "two minutes after all was healed: " + unsettled()};
}

void cluster_world::rejoin() {
  const simulated_machine* leads = leader();
  if (leads == nullptr || machines.size() < 3)
    return;
  const leader_not_deposed rule{*leads->node};
  const node_number away = (leads->number + 1) % machines.size();
  network.part({away}, machines.size());
  trace.add(time.now(), machines[away].name(), "is cut off");
  for (const virtual_us span : {3 * second, 2 * second}) {
    const virtual_us end = time.now() + span;
    while (time.now() < end && time.step())
      rule.look(*machines[leads->number].node);
    network.join();
    trace.add(time.now(), machines[away].name(), "is back");
  }
}

void cluster_world::compare() {
  const auto digest_of = [](const simulated_machine& machine) {
    const auto digest = state_digest(machine.disk->state.storage());
    return digest ? to_hex(*digest) : digest.error().message;
  };
  const std::string first = digest_of(machines.front());
  for (const simulated_machine& each : machines)
    if (digest_of(each) != first)
      throw broken_rule{"state_machine_safety", "the states differ in the end"};
  for (const simulated_machine& each : machines)
    rules_.ended(*each.node);
  rules_.ended();
  compare_sessions();
  const history_report report = check(seen_, rules_.agreed().events());
  if (!report.violations.empty())
    throw broken_rule{"history_" + std::string{name(report.violations.front().rule)},
      report.violations.front().what};
}

} // namespace aiex::test
