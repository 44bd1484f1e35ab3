#include "simulate/cluster/planted_run.hpp"

#include "simulate/cluster/cluster_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace aiex::test {

namespace {

constexpr std::uint64_t between_starts = 10'000;

} // namespace

found_fault look_for(planted_fault what, std::uint64_t first, std::uint64_t seeds_max) {
  found_fault found;
  while (found.rule.empty() && found.seeds < seeds_max) {
    cluster_world world{options_of(first + found.seeds++), what};
    found.rule = run(world).rule;
  }
  return found;
}

std::string median_line(planted_fault what, std::size_t starts) {
  std::vector<std::uint64_t> seeds;
  std::vector<std::string> rules;
  for (std::size_t i = 0; i < starts; ++i) {
    const found_fault found = look_for(what, 1 + i * between_starts, between_starts);
    seeds.push_back(found.seeds);
    const std::string rule = found.rule.empty() ? "nobody" : found.rule;
    if (std::ranges::find(rules, rule) == rules.end())
      rules.push_back(rule);
  }
  std::ranges::sort(seeds);
  return fmt::format(
    "| {} | {} | {} |", name_of(what), seeds[seeds.size() / 2], fmt::join(rules, ", "));
}

} // namespace aiex::test
