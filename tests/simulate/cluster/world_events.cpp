#include "simulate/cluster/world_events.hpp"

#include "simulate/cluster/cluster_world.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

namespace aiex::test {

world_events::world_events(cluster_world& world) : world_(world) {
  plan_next();
}

void world_events::plan_next() {
  const virtual_us usual = world_.options().between_faults;
  world_.time.in(world_.dice.between(1, 2 * usual), [this, is_on = is_on_] {
    if (!*is_on)
      return;
    happen();
    plan_next();
  });
}

void world_events::happen() {
  const world_faults& on = world_.options().faults;
  const node_number at = world_.dice.below(world_.machines.size());
  std::vector<std::function<void()>> possible;
  const auto offer = [&](bool is_on, std::function<void()> what) {
    if (is_on)
      possible.push_back(std::move(what));
  };
  offer(on.kills, [&] { down(at, false); });
  offer(on.power_losses, [&] { down(at, true); });
  offer(on.partitions, [&] { part(); });
  offer(on.pauses, [&] { pause(at); });
  offer(on.clocks, [&] { move_clock(at); });
  offer(on.slow_disks, [&] { slow_disk(at); });
  offer(on.full_disks, [&] { full_disk(at); });
  offer(on.failed_syncs, [&] { fail_sync(at); });
  offer(on.bit_rot, [&] { rot(at); });
  offer(on.lost_writes, [&] { lose_writes(at); });
  offer(on.lost_records, [&] { lose_record(at); });
  offer(on.replacements, [&] { replace(at); });
  if (!possible.empty())
    possible[world_.dice.below(possible.size())]();
}

/// One machine, at times all of them.
void world_events::down(node_number at, bool is_power_lost) {
  const bool all = world_.dice.one_in(12);
  for (node_number each = 0; each < world_.machines.size(); ++each) {
    if (each != at && !all)
      continue;
    ++faults_;
    const bool was_up = world_.machines[each].node->is_up();
    world_.crash(each, is_power_lost);
    if (was_up && is_power_lost && world_.dice.one_in(3)) // not trusted: built again from the log
      world_.machines[each].disk->state = memory_tables{};
    const virtual_us until = world_.dice.between(1, 1'500) * millisecond;
    world_.time.in(until, [&world = world_, each] { world.start(each); });
  }
}

void world_events::part() {
  ++faults_;
  const std::size_t machines = world_.machines.size();
  const auto some = [&] { return static_cast<node_number>(world_.dice.below(machines)); };
  switch (world_.dice.below(4)) {
  case 0: world_.network.cut(some(), some()); break; // one way
  case 1: world_.network.part({some()}, machines); break;
  case 2: { // two sides
    std::set<node_number> side;
    for (node_number each = 0; each < machines; ++each)
      if (world_.dice.one_in(2))
        side.insert(each);
    world_.network.part(side, machines);
    break;
  }
  default: { // one between the others, which do not see each other
    const node_number middle = some();
    for (node_number one = 0; one < machines; ++one)
      for (node_number other = 0; other < machines; ++other)
        if (one != middle && other != middle && one != other)
          world_.network.cut(one, other);
  }
  }
  world_.trace.add(world_.time.now(), "", "links are cut");
  world_.time.in(world_.dice.between(50, 3'000) * millisecond, [&world = world_] {
    world.network.join();
    world.trace.add(world.time.now(), "", "links work again");
  });
}

void world_events::pause(node_number at) {
  ++faults_;
  world_.trace.add(world_.time.now(), world_.machines[at].name(), "pauses");
  world_.machines[at].node->pause_until(
    world_.time.now() + world_.dice.between(10, 2'500) * millisecond);
}

void world_events::move_clock(node_number at) {
  ++faults_;
  constexpr std::int64_t day = 86'400 * std::int64_t{second};
  node_clock& clock = world_.machines[at].node->clock;
  clock.ahead = static_cast<std::int64_t>(world_.dice.below(2 * day)) - day;
  clock.tick = world_.dice.between(35, 65) * millisecond;
}

void world_events::slow_disk(node_number at) {
  ++faults_;
  disk_quality& quality = world_.machines[at].disk->quality;
  quality.sync_min = 10 * millisecond;
  quality.sync_max = world_.dice.between(20, 400) * millisecond;
  world_.time.in(world_.dice.between(100, 2'000) * millisecond, [&quality] {
    quality.sync_min = disk_quality{}.sync_min;
    quality.sync_max = disk_quality{}.sync_max;
  });
}

void world_events::full_disk(node_number at) {
  ++faults_;
  world_.trace.add(world_.time.now(), world_.machines[at].name(), "has a full disk");
  bool& is_full = world_.machines[at].disk->quality.is_full;
  is_full = true;
  world_.time.in(world_.dice.between(50, 1'500) * millisecond, [&is_full] { is_full = false; });
}

void world_events::fail_sync(node_number at) {
  ++faults_;
  world_.machines[at].disk->fails_next_sync = true;
  world_.machines[at].disk->keeps_failed = world_.dice.one_in(2);
}

/// In the middle of the log, or of its last entry while the machine is down.
void world_events::rot(node_number at) {
  simulated_machine& machine = world_.machines[at];
  const std::uint64_t last = machine.disk->last_index();
  if (last < 2 || !world_.may_lose(at))
    return;
  ++faults_;
  if (world_.dice.one_in(2))
    down(at, true);
  const std::uint64_t left = machine.disk->last_index();
  if (left == 0)
    return;
  const std::uint64_t index = world_.dice.between(1, left);
  const auto bytes = machine.disk->readable(index);
  machine.disk->rot(index, world_.dice.below(8 * bytes->size()));
  world_.trace.add(world_.time.now(), machine.name(), "entry " + std::to_string(index) + " rots");
}

/// Synced entries are lost in a crash, while state or term record prove that they were there.
void world_events::lose_writes(node_number at) {
  simulated_machine& machine = world_.machines[at];
  if (!machine.node->is_up() || !world_.may_lose(at))
    return;
  const std::uint64_t last = machine.disk->last_index();
  const bool is_proven = machine.node->applied().index == last ||
                         (machine.disk->record && machine.disk->record->proven.index == last &&
                           machine.disk->record->proven == machine.node->core().last());
  if (last < 2 || !is_proven)
    return;
  ++faults_;
  (void)machine.disk->state.storage().sync();
  world_.crash(at, true);
  world_.time.in(
    world_.dice.between(1, 1'500) * millisecond, [&world = world_, at] { world.start(at); });
  if (machine.disk->last_index() != last)
    return; // torn: more is there than was proven
  const std::uint64_t from = std::max<std::uint64_t>(2, last - world_.dice.below(5));
  machine.disk->lose_from(from);
  world_.trace.add(
    world_.time.now(), machine.name(), "has lost entries from " + std::to_string(from));
}

void world_events::lose_record(node_number at) {
  simulated_machine& machine = world_.machines[at];
  const bool is_member =
    machine.node->is_up() && machine.disk->record && machine.node->core().members.index() > 0;
  if (!is_member || !world_.may_be_gone(at))
    return;
  ++faults_;
  down(at, true);
  machine.disk->record.reset();
  world_.trace.add(world_.time.now(), machine.name(), "has lost its term record");
  world_.time.in(world_.dice.between(500, 3'000) * millisecond, [&world = world_, at] {
    if (!world.machines[at].disk->record || world.machines[at].node->is_lost()) {
      world.replace(at);
      world.start(at);
    }
  });
}

void world_events::replace(node_number at) {
  simulated_machine& machine = world_.machines[at];
  if (!machine.node->is_up() || !machine.disk->record || !world_.may_be_gone(at) ||
      world_.dice.one_in(2))
    return;
  ++faults_;
  world_.replace(at);
  world_.time.in(
    world_.dice.between(10, 1'000) * millisecond, [&world = world_, at] { world.start(at); });
}

} // namespace aiex::test
