// The store in a node's tree:
//
//   store         one_for_one; ends with any of its children, and the node with it
//     writer
//     reader-1
//     reader-2
//
// None of them is ever started again: a writer that was given up may still commit, and must not do
// so beside a new one.
#pragma once

#include "aiex/actors/flow/store.hpp"
#include "aiex/supervision/tree/child_spec.hpp"
#include "aiex/supervision/tree/supervision_event.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <array>
#include <chrono>
#include <memory>

namespace aiex {

inline constexpr std::size_t store_readers_count = 2;

/// The handler limit of who commits: a disk may keep it waiting for so long before somebody is
/// told.
inline constexpr std::chrono::milliseconds commit_limit{10'000};

/// They run before the tree does, so that everybody in it can be given the store.
struct store_actors {
  caf::actor writer;
  std::array<caf::actor, store_readers_count> readers;

  /// What is passed to those who use it.
  store as_store(std::shared_ptr<const event_store> events) const;
};

store_actors spawn_store(caf::actor_system& system, const std::shared_ptr<event_store>& events,
  store_environment environment);

/// A temporary, significant child: its supervisor ends with it if that is how it ends.
child_spec store_child(const store_actors& running, const supervision_context& parent);

} // namespace aiex
