#pragma once

#include "simulate/cluster/agreed_log.hpp"
#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/simulated_node.hpp"

namespace aiex::test {

/// What is applied is what was agreed on, in its order, byte by byte: by the chain's digest
/// (thesis, figure 3.2).
struct state_machine_safety {
  static constexpr std::string_view name = "state_machine_safety";

  static void look(const chain_end& applied, const agreed_log& agreed) {
    if (applied.index > agreed.size())
      throw broken_rule{
        name, "entry " + std::to_string(applied.index) + " is applied and nobody has committed it"};
    if (applied.index > 0 && agreed.at(applied.index).end != applied)
      throw broken_rule{name, "states differ behind entry " + std::to_string(applied.index)};
  }
};

} // namespace aiex::test
