#pragma once

#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/simulated_node.hpp"

namespace aiex::test {

/// A leader commits by an entry of its own term; what stands before it is committed by that
/// (thesis, section 3.6.2).
struct commit_of_current_term {
  static constexpr std::string_view name = "commit_of_current_term";

  /// The first to commit up to there.
  static void look(const simulated_node& node) {
    const consensus::core_state& core = node.core();
    const bool is_leader = core.is_leader() || !core.members.current().is_voter(core.self());
    if (!is_leader)
      throw broken_rule{
        name, "who does not lead is the first to commit entry " + std::to_string(core.committed)};
    if (core.terms.term_at(core.committed) != core.term())
      throw broken_rule{name, "the leader of term " + std::to_string(core.term()) +
                                " commits entry " + std::to_string(core.committed) +
                                " of an older term"};
  }
};

} // namespace aiex::test
