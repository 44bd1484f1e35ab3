#include "simulate/cluster/simulated_network.hpp"

namespace aiex::test {

void simulated_network::send(node_number from, node_number to, bytes what) {
  if (dice_.per_mille(quality.doubled_per_mille))
    travel(from, to, what);
  if (!dice_.per_mille(quality.lost_per_mille))
    travel(from, to, what);
}

void simulated_network::travel(node_number from, node_number to, const bytes& what) {
  time_.in(dice_.between(quality.delay_min, quality.delay_max), [this, from, to, what] {
    if (is_cut(from, to))
      return;
    ++delivered_;
    receive_(to, what);
  });
}

void simulated_network::part(const std::set<node_number>& side, std::size_t machines) {
  for (node_number one = 0; one < machines; ++one)
    for (node_number other = 0; other < machines; ++other)
      if (side.contains(one) != side.contains(other))
        cut(one, other);
}

} // namespace aiex::test
