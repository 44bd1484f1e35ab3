#include "simulate/cluster/cluster_operator.hpp"

#include "simulate/cluster/cluster_world.hpp"

namespace aiex::test {

namespace {

using consensus::member_change;
using act_of = consensus::member_change::act;

constexpr virtual_us between_acts = 250 * millisecond;

} // namespace

cluster_operator::cluster_operator(cluster_world& world) : world_(world) {
  plan_next();
}

void cluster_operator::plan_next() {
  world_.time.in(world_.dice.between(1, 2 * between_acts), [this, is_on = is_on_] {
    if (!*is_on)
      return;
    act();
    plan_next();
  });
}

void cluster_operator::act() {
  simulated_machine* leads = world_.leader();
  if (leads == nullptr)
    return;
  const consensus::configuration& now = leads->node->core().members.current();
  auto change = repair(now);
  if (!change && !*only_repairs_ && world_.options().faults.changes && world_.dice.one_in(3))
    change = whim(now);
  if (change && has_majority_after(now, *change)) {
    world_.trace.add(world_.time.now(), leads->name(),
      "is asked to change " + simulated_machine::name_of(change->subject.id));
    leads->node->change(*change, [](const consensus::change_outcome&) {});
  } else if (!*only_repairs_ && world_.options().faults.transfers && world_.dice.one_in(4)) {
    const simulated_machine& to = world_.machines[world_.dice.below(world_.machines.size())];
    world_.trace.add(world_.time.now(), leads->name(), "is asked to hand over to " + to.name());
    leads->node->input(consensus::transfer{to.id()});
  }
}

/// What nobody could answer for: a majority of voters that have lost something.
bool cluster_operator::has_majority_after(
  const consensus::configuration& now, const member_change& change) const {
  const auto then = consensus::changed(now, change);
  return then && world_.can_go_on(*then);
}

/// A store that is not in the list is let in, one that is gone is taken out, who learns is
/// promoted.
std::optional<member_change> cluster_operator::repair(const consensus::configuration& now) const {
  for (const simulated_machine& each : world_.machines)
    if (now.find(each.id()) == nullptr && each.node->is_up() &&
        (*only_repairs_ || world_.dice.one_in(3)))
      return member_change{act_of::add_learner,
        {each.id(), consensus::member_role::learner, simulated_machine::name_of(each.id()), {}}};
  for (const consensus::member& each : now.members)
    if (world_.machine_of(each.id) == nullptr && (now.voters() > 1 || !now.is_voter(each.id)))
      return member_change{act_of::remove, each};
  for (const consensus::member& each : now.members)
    if (each.role == consensus::member_role::learner && world_.dice.one_in(2))
      return member_change{act_of::promote, each};
  return {};
}

std::optional<member_change> cluster_operator::whim(const consensus::configuration& now) const {
  const consensus::member& who = now.members[world_.dice.below(now.members.size())];
  if (now.is_voter(who.id) && now.voters() <= 2)
    return {};
  return member_change{world_.dice.one_in(2) ? act_of::demote : act_of::remove, who};
}

} // namespace aiex::test
