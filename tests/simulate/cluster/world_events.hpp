#pragma once

#include "simulate/cluster/simulated_network.hpp"

#include <cstdint>
#include <memory>

namespace aiex::test {

class cluster_world;

/// Makes things go wrong in a world, at random moments, and go right again.
class world_events {
public:
  explicit world_events(cluster_world& world);
  ~world_events() { stop(); }
  world_events(const world_events&) = delete;
  world_events& operator=(const world_events&) = delete;

  void stop() { *is_on_ = false; }
  std::uint64_t faults() const noexcept { return faults_; }

private:
  void plan_next();
  void happen();

  void down(node_number at, bool is_power_lost);
  void part();
  void pause(node_number at);
  void move_clock(node_number at);
  void slow_disk(node_number at);
  void full_disk(node_number at);
  void fail_sync(node_number at);
  void rot(node_number at);
  void lose_writes(node_number at);
  void lose_record(node_number at);
  void replace(node_number at);

  cluster_world& world_;
  std::uint64_t faults_ = 0;
  std::shared_ptr<bool> is_on_ = std::make_shared<bool>(true);
};

} // namespace aiex::test
