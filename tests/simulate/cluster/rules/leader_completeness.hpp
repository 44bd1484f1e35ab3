#pragma once

#include "simulate/cluster/agreed_log.hpp"
#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/simulated_node.hpp"

namespace aiex::test {

/// A leader has all that was committed in the terms before its own (thesis, figure 3.2).
struct leader_completeness {
  static constexpr std::string_view name = "leader_completeness";

  static void look(const simulated_node& leader, const agreed_log& agreed) {
    for (std::uint64_t index = agreed.size(); index > 0; --index) {
      const agreed_log::agreed_entry& entry = agreed.at(index);
      if (entry.by_term < leader.core().term() &&
          leader.core().terms.term_at(index) != entry.place.term)
        throw broken_rule{name, "the leader of term " + std::to_string(leader.core().term()) +
                                  " lacks entry " + std::to_string(index) + " of term " +
                                  std::to_string(entry.place.term)};
    }
  }
};

} // namespace aiex::test
