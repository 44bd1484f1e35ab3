// How the mesh of a node is found.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/supervision/process/registry.hpp"

#include <string_view>

namespace aiex {

/// The registry's name of it.
inline constexpr std::string_view mesh_name = "mesh";

/// Throws broken_invariant if there is none: who asks is started behind it.
inline caf::actor mesh_of(const registry& names) {
  auto found = names.find(mesh_name);
  invariant(found.has_value(), "a mesh that the node starts first is not there");
  return std::move(*found);
}

} // namespace aiex
