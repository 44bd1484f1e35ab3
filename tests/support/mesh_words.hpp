// Short words for tests of the mesh's core.
#pragma once

#include "aiex/actors/cluster/mesh_core.hpp"

#include "support/mesh_net.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace aiex::test {

inline const mesh_core::time_point begin{std::chrono::hours{1}};
inline const uuid cluster = mesh_net::id_of(99);

inline node_card card(const std::string& name, std::size_t store, std::uint64_t incarnation = 1) {
  return {
    cluster, name, mesh_net::id_of(store), incarnation, "10.0.0." + std::to_string(store) + ":1"};
}
inline node_hello hello_of(const node_card& who) {
  return {node_protocol, encode(who)};
}
inline node_welcome welcome_of(const node_card& who) {
  return {node_protocol, encode(who), {}};
}

/// A node "m" with store 5 that listens.
inline mesh_core core_with(const std::vector<std::string>& seeds = {}, mesh_limits limits = {}) {
  mesh_core core{card("m", 5), seeds, limits, 1, begin};
  return core;
}

template <class Act>
std::vector<Act> only(const mesh_acts& acts) {
  std::vector<Act> some;
  for (const mesh_act& each : acts)
    if (const auto* act = std::get_if<Act>(&each))
      some.push_back(*act);
  return some;
}

/// An up link that the other side has dialled.
inline mesh_link link_up(mesh_core& core, const node_card& who, mesh_core::time_point now = begin) {
  mesh_acts acts;
  REQUIRE_FALSE(core.refusal(hello_of(who)));
  const mesh_link link = core.admit(hello_of(who), now, acts);
  CHECK(only<mesh_up>(core.heard(link, now)).size() == 1);
  return link;
}

} // namespace aiex::test
