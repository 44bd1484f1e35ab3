#pragma once

#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/simulated_node.hpp"

namespace aiex::test {

/// A leader with a majority goes on in its term when one who was away comes back (thesis, section
/// 9.6): what pre-vote is for.
class leader_not_deposed {
public:
  static constexpr std::string_view name = "leader_not_deposed";

  explicit leader_not_deposed(const simulated_node& leader)
      : id_(leader.id()), term_(leader.core().term()) {}

  void look(const simulated_node& leader) const {
    if (leader.id() != id_ || !leader.leads() || leader.core().term() != term_)
      throw broken_rule{
        name, "the leader of term " + std::to_string(term_) + " was deposed, with a majority"};
  }

private:
  consensus::member_id id_;
  std::uint64_t term_;
};

} // namespace aiex::test
