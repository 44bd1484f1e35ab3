// Tested by tests/apps/aiexd/verbs/projection_verbs_test.cpp
#include "aiexd/verbs/projection_call.hpp"

#include "aiex/actors/flow/projections.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace aiex {

namespace {

constexpr std::string_view prefix_of_names = "projection/";

} // namespace

result<caf::actor> projection_named(const registry& names, const std::string& name) {
  if (auto found = names.find(std::string{prefix_of_names} + name))
    return std::move(*found);
  const auto known = registered_projections(names);
  if (known.empty())
    return fail(errc::not_found, "this node has no projections");
  return fail(errc::not_found,
    fmt::format("this node has no projection \"{}\"; it has {}", name, fmt::join(known, ", ")));
}

} // namespace aiex
