// What a mesh is made of.
#pragma once

#include "aiex/actors/cluster/link.hpp"
#include "aiex/actors/cluster/mesh_core.hpp"
#include "aiex/actors/cluster/mesh_name.hpp"
#include "aiex/actors/cluster/peer_wire.hpp"
#include "aiex/supervision/process/registry.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace aiex {

struct mesh_options {
  node_card self{};                 ///< `address` is not looked at.
  std::vector<std::string> seeds{}; ///< Addresses of some nodes of the cluster, if it is to join.
  node_links links{};
  registry names{};
  /// Where this node listens, as others reach it; no address as long as it does not. Any thread.
  std::function<std::string()> address{};
  std::function<void(const std::string&)> warn{}; ///< Any thread. May be empty.
  mesh_limits limits{};
  peer_wire_limits wire{};
};

/// How long a node waits for what it asked another one.
inline constexpr std::chrono::milliseconds remote_answer_max{2'000};

/// Questions to other nodes under way; more are answered with `overloaded`.
inline constexpr std::size_t remote_questions_max = 1'024;

} // namespace aiex
