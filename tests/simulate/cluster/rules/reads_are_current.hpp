#pragma once

#include "simulate/cluster/agreed_log.hpp"
#include "simulate/cluster/rules/broken_rule.hpp"
#include "simulate/cluster/simulated_node.hpp"

#include <map>
#include <utility>

namespace aiex::test {

/// A read sees all that was committed anywhere when it began (thesis, section 6.4).
class reads_are_current {
public:
  static constexpr std::string_view name = "reads_are_current";

  void starts(const simulated_node& node) { began_.erase(node.number()); }
  void begins(const simulated_node& node, std::uint64_t ticket, const agreed_log& agreed) {
    began_[node.number()][ticket] = agreed.size();
  }
  void look(const simulated_node& node, const consensus::read_state& done) {
    const auto began = began_[node.number()].extract(done.ticket);
    if (began && done.index && *done.index < began.mapped())
      throw broken_rule{name, "a read sees entry " + std::to_string(*done.index) + ", and entry " +
                                std::to_string(began.mapped()) + " was committed when it began"};
  }

private:
  std::map<node_number, std::map<std::uint64_t, std::uint64_t>> began_;
};

} // namespace aiex::test
