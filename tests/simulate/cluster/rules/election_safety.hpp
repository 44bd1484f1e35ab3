#pragma once

#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/simulated_node.hpp"

#include <map>

namespace aiex::test {

/// At most one leader in a term (thesis, figure 3.2).
class election_safety {
public:
  static constexpr std::string_view name = "election_safety";

  /// Whether it has just begun to lead.
  bool look(const simulated_node& node) {
    const auto [known, is_new] = leaders_.try_emplace(node.core().term(), node.id());
    if (!is_new && known->second != node.id())
      throw broken_rule{name, "two nodes lead in term " + std::to_string(node.core().term())};
    return is_new;
  }

  std::size_t elections() const noexcept { return leaders_.size(); }

private:
  std::map<std::uint64_t, consensus::member_id> leaders_;
};

} // namespace aiex::test
