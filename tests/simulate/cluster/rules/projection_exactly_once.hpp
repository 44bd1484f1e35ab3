#pragma once

#include "simulate/cluster/agreed_log.hpp"
#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/simulated_node.hpp"

namespace aiex::test {

/// A projection's saved state is that of the events up to its saved position, each counted once.
struct projection_exactly_once {
  static constexpr std::string_view name = "projection_exactly_once";

  static void look(std::uint64_t position, std::string_view state, const agreed_log& agreed) {
    if (position > agreed.events().size())
      throw broken_rule{
        name, "position " + std::to_string(position) + " is counted and nobody has committed it"};
    if (state != std::to_string(agreed.projected(position)))
      throw broken_rule{name, "the state saved with position " + std::to_string(position) +
                                " is not that of the events up to there"};
  }
};

} // namespace aiex::test
