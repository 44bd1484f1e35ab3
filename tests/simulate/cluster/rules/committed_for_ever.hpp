#pragma once

#include "simulate/cluster/agreed_log.hpp"
#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/simulated_node.hpp"

namespace aiex::test {

/// What is committed once is committed everywhere, and never changes.
struct committed_for_ever {
  static constexpr std::string_view name = "committed_for_ever";

  static void look(const simulated_node& node, std::uint64_t index, const agreed_log& agreed) {
    const auto term = node.core().terms.term_at(index); // unknown: it is damaged
    if (term && *term != agreed.at(index).place.term)
      throw broken_rule{name, "entry " + std::to_string(index) + " is committed with term " +
                                std::to_string(*term) + " and with term " +
                                std::to_string(agreed.at(index).place.term)};
  }
};

} // namespace aiex::test
