// Ways to make a correct history wrong, each with the rule that it breaks. Each says why what comes
// out is wrong whatever order of effects one thinks of: so the checker has to find it.
#pragma once

#include "simulate/cluster/history_findings.hpp"
#include "simulate/cluster/history_teller.hpp"

#include <optional>
#include <random>
#include <span>
#include <string_view>
#include <vector>

namespace aiex::test {

struct history_mutation {
  std::string_view name;
  history_rule rule;
  /// Returns the operations of which the violation must name one; none: the log alone tells it.
  /// Nothing: this history has no place for it, and is as it was.
  std::optional<std::vector<op_number>> (*mutate)(told_history&, std::mt19937_64&);
};

/// Those of the log: what the cluster did to it.
std::span<const history_mutation> mutations_of_logs();
/// Those of answers: what the cluster told.
std::span<const history_mutation> mutations_of_answers();

} // namespace aiex::test
