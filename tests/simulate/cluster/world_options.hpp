#pragma once

#include "simulate/cluster/simulated_network.hpp"

#include <cstdint>
#include <string>

namespace aiex::test {

/// What can go wrong in a world. Each is tried at random moments while it is on.
struct world_faults {
  bool kills = false;        ///< Of processes; what the system was given is written.
  bool power_losses = false; ///< What was not synced is gone; what was under way may be torn.
  bool partitions = false;   ///< Of every shape, one-way cuts too.
  bool pauses = false;
  bool clocks = false; ///< Jumps; all clocks differ in speed anyway.
  bool slow_disks = false;
  bool full_disks = false;
  bool failed_syncs = false;
  bool bit_rot = false;
  bool lost_writes = false;  ///< Synced ones, where the node can notice it.
  bool lost_records = false; ///< The term record cannot be read any more.
  bool replacements = false; ///< A new store under a known name.
  bool changes = false;      ///< Members come, go, are promoted and demoted.
  bool transfers = false;

  bool operator==(const world_faults&) const = default;
};

/// A world, but for the chance in it.
struct world_options {
  std::uint64_t seed = 1;
  std::size_t voters = 3;   ///< At the beginning; 1: a store alone, to which the others come.
  std::size_t machines = 3; ///< The others join.
  std::size_t clients = 3;
  std::size_t hosts = 2;         ///< Of sessions.
  virtual_us lasts = 8 * second; ///< Then everything is healed.
  virtual_us between_faults = 400 * millisecond;
  network_quality network{};
  world_faults faults{};
  bool pre_vote = true;
  bool check_quorum = true;
};

/// All of it follows from the seed; each world has some of the faults.
world_options options_of(std::uint64_t seed);

/// One line, for people.
std::string describe(const world_options& options);

} // namespace aiex::test
