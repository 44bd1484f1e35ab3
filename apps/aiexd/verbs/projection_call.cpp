// Tested by tests/apps/aiexd/verbs/projection_verbs_test.cpp
#include "aiexd/verbs/projection_call.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace aiex {

namespace {

constexpr std::string_view prefix_of_names = "projection/";

} // namespace

std::vector<std::string> projections_of(const registry& names) {
  std::vector<std::string> found = names.names(prefix_of_names);
  for (std::string& each : found)
    each.erase(0, prefix_of_names.size());
  return found;
}

result<caf::actor> projection_named(const registry& names, const std::string& name) {
  if (auto found = names.find(std::string{prefix_of_names} + name))
    return std::move(*found);
  const auto known = projections_of(names);
  if (known.empty())
    return fail(errc::not_found, "this node has no projections");
  return fail(errc::not_found,
    fmt::format("this node has no projection \"{}\"; it has {}", name, fmt::join(known, ", ")));
}

} // namespace aiex
