// The checker of histories against a thousand that are wrong.
#include "simulate/cluster/history_check.hpp"
#include "simulate/cluster/history_mutations.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace aiex::test {
namespace {

constexpr std::uint64_t histories = 1'000;

bool names(const history_violation& found, history_rule rule, const std::vector<op_number>& whom) {
  return found.rule == rule &&
         (whom.empty() || std::any_of(whom.begin(), whom.end(), [&](op_number each) {
           return std::ranges::count(found.operations, each) != 0;
         }));
}

std::string rules_of(const history_report& report) {
  std::string all;
  for (const history_violation& each : report.violations)
    all += "\n  " + std::string{name(each.rule)} + ": " + each.what;
  return all;
}

/// Mutates as many histories, the first that have a place for it; how many were found by its rule.
std::uint64_t found_of(const history_mutation& mutation, std::uint64_t many, std::uint64_t seed) {
  std::uint64_t found = 0;
  std::uint64_t mutated = 0;
  for (const std::uint64_t end = seed + 20 * many; mutated < many && seed < end; ++seed) {
    std::mt19937_64 random{seed};
    told_history told = history_teller{seed}.tell();
    const auto whom = mutation.mutate(told, random);
    if (!whom)
      continue;
    ++mutated;
    const history_report report = check(told.seen, told.log);
    const bool is_found = std::ranges::any_of(report.violations,
      [&](const history_violation& each) { return names(each, mutation.rule, *whom); });
    found += is_found ? 1 : 0;
    if (!is_found)
      FAIL_CHECK(mutation.name, ", seed ", seed, ", op ", whom->empty() ? 0 : whom->front(),
        " should break ", name(mutation.rule), rules_of(report));
  }
  return found;
}

TEST_CASE("histories: 1,000 with one mistake are refused by the rule that it breaks") {
  std::vector<history_mutation> all;
  for (const auto some : {mutations_of_logs(), mutations_of_answers()})
    all.insert(all.end(), some.begin(), some.end());
  REQUIRE(histories % all.size() == 0);
  const std::uint64_t of_each = histories / all.size();
  for (std::size_t i = 0; i < all.size(); ++i) {
    INFO(std::string{all[i].name});
    CHECK(found_of(all[i], of_each, 1 + i * histories) == of_each);
  }
}

} // namespace
} // namespace aiex::test
