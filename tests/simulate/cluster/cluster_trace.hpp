#pragma once

#include "aiex/persistence/consensus/input.hpp"
#include "aiex/persistence/consensus/outputs.hpp"

#include "simulate/cluster/virtual_time.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

namespace aiex::test {

struct simulated_machine;

/// "n1.0 -> n2.0  vote request in term 4: last 7@3, run 1".
std::string describe(const consensus::message& what);

/// "n1.0 leads term 4: last 7@4, durable 7, committed 7, applied 7; voters n1.0 n2.0".
std::string describe(const simulated_machine& machine);

/// The last steps of a world, for people; costs nothing while it is off.
class cluster_trace {
public:
  bool is_on = false;
  std::size_t lines_max = 200;

  void add(virtual_us now, const std::string& who, const std::string& what);
  const std::deque<std::string>& lines() const noexcept { return lines_; }

private:
  std::deque<std::string> lines_;
};

/// What a node did in a step, if anybody would want to know.
void tell(cluster_trace& trace, virtual_us now, const std::string& who,
  const consensus::input& given, const consensus::outputs& out);

} // namespace aiex::test
