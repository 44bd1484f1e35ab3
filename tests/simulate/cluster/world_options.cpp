#include "simulate/cluster/world_options.hpp"

#include "simulate/cluster/chance.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace aiex::test {

namespace {

constexpr std::pair<bool world_faults::*, const char*> all_faults[] = {
  {&world_faults::kills, "kills"},
  {&world_faults::power_losses, "power losses"},
  {&world_faults::partitions, "partitions"},
  {&world_faults::pauses, "pauses"},
  {&world_faults::clocks, "clocks"},
  {&world_faults::slow_disks, "slow disks"},
  {&world_faults::full_disks, "full disks"},
  {&world_faults::failed_syncs, "failed syncs"},
  {&world_faults::bit_rot, "bit rot"},
  {&world_faults::lost_writes, "lost writes"},
  {&world_faults::lost_records, "lost records"},
  {&world_faults::replacements, "replacements"},
  {&world_faults::changes, "changes of members"},
  {&world_faults::transfers, "transfers"},
};

network_quality some_network(chance& dice) {
  switch (dice.below(4)) {
  case 0: return {};
  case 1: return {50, 20, 1 * millisecond, 20 * millisecond};
  case 2: return {10, 50, 1 * millisecond, 150 * millisecond}; // overtaking
  default: return {150, 100, 1 * millisecond, 60 * millisecond};
  }
}

} // namespace

world_options options_of(std::uint64_t seed) {
  chance dice{seed ^ 0x9e3779b97f4a7c15};
  world_options made;
  made.seed = seed;
  made.voters = std::array{3, 3, 3, 3, 5, 5, 1, 2}[dice.below(8)];
  made.machines = made.voters + (made.voters == 1 ? 2 : 0);
  for (const auto& [fault, name] : all_faults)
    made.faults.*fault = dice.one_in(2);
  if (made.faults.changes)
    made.machines += dice.below(2);
  made.clients = dice.between(1, 4);
  made.between_faults = dice.between(50, 600) * millisecond;
  made.network = some_network(dice);
  made.hosts = dice.below(4);
  return made;
}

std::string describe(const world_options& options) {
  std::string faults;
  for (const auto& [fault, name] : all_faults)
    if (options.faults.*fault)
      faults += (faults.empty() ? "" : ", ") + std::string{name};
  const network_quality& net = options.network;
  return fmt::format(
    "seed {}: {} machines, {} voters at first, {} clients, {} hosts; messages take {} to {} "
    "ms, {} ‰ are lost, {} ‰ come twice; a fault every {} ms on average: {}",
    options.seed, options.machines, options.voters, options.clients, options.hosts,
    net.delay_min / millisecond, net.delay_max / millisecond, net.lost_per_mille,
    net.doubled_per_mille, options.between_faults / millisecond, faults.empty() ? "none" : faults);
}

} // namespace aiex::test
