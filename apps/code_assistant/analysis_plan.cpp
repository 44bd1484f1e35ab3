#include "code_assistant/analysis_plan.hpp"

#include <algorithm>

namespace aiex::code_assistant {
namespace {

using sorted_sources = std::vector<const known_source*>;

/// By path, the last of those with the same.
sorted_sources sorted(std::span<const known_source> sources) {
  sorted_sources order;
  order.reserve(sources.size());
  for (auto each = sources.rbegin(); each != sources.rend(); ++each)
    order.push_back(&*each);
  std::stable_sort(order.begin(), order.end(),
    [](const auto* left, const auto* right) { return left->path < right->path; });
  order.erase(std::unique(order.begin(), order.end(),
                [](const auto* left, const auto* right) { return left->path == right->path; }),
    order.end());
  return order;
}

} // namespace

analysis_plan plan_analysis(
  std::span<const known_source> previous, std::span<const known_source> current) {
  const auto before = sorted(previous);
  const auto now = sorted(current);
  analysis_plan plan;
  auto old = before.begin();
  for (const auto* found : now) {
    for (; old != before.end() && (*old)->path < found->path; ++old)
      plan.removed.push_back((*old)->path);
    if (old == before.end() || (*old)->path != found->path) {
      plan.added.push_back(found->path);
      continue;
    }
    const bool same = (*old)->digest == found->digest;
    (same ? plan.unchanged : plan.changed).push_back(found->path);
    ++old;
  }
  for (; old != before.end(); ++old)
    plan.removed.push_back((*old)->path);
  return plan;
}

} // namespace aiex::code_assistant
