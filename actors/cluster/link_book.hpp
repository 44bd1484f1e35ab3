// All connections of a process: counts them, and closes those that must go.
#pragma once

#include "aiex/actors/cluster/closable_link.hpp"
#include "aiex/actors/cluster/link_admission.hpp"
#include "aiex/actors/cluster/link_breach.hpp"
#include "aiex/actors/cluster/link_peers.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace aiex {

/// `link_admission` with the connections it speaks of. Any thread.
class link_book {
public:
  explicit link_book(const link_limits& limits) : admission_(limits) {}

  link_id next_id();

  /// A connection of our own, whose handshake somebody else waits for.
  void opened(link_id id, const std::shared_ptr<closable_link>& connection);

  /// An accepted connection; its handshake is due from now on. May close an older one.
  void accepted(link_id id, const std::shared_ptr<closable_link>& connection);

  link_admission::handshake shook_hands(link_id id, const basp::node_id& node);

  /// It has ended, for this breach if for one.
  void closed(link_id id, link_breach breach);

  /// Closes what is overdue. Returns how many connections still wait for their handshake.
  std::size_t close_overdue();

  /// The connection that speaks for `node`; null if there is none.
  std::shared_ptr<closable_link> linked_with(const basp::node_id& node) const;

  /// All that are connections to nodes of the mesh, or are to become some.
  std::vector<std::shared_ptr<closable_link>> of_nodes() const;

  std::size_t pending() const;
  std::size_t linked() const;

  /// How many connections were closed for this breach.
  std::uint64_t closed_for(link_breach breach) const;

  /// Those of them that certificates protect.
  link_peers& peers() noexcept { return peers_; }

private:
  mutable std::mutex lock_; // guards all below; never held while a connection is closed
  link_admission admission_;
  std::map<link_id, std::weak_ptr<closable_link>> connections_;
  std::map<link_breach, std::uint64_t> breaches_;
  link_peers peers_;                         // has a lock of its own
  link_id last_id_ = std::uint64_t{1} << 32; // above every socket's number
};

} // namespace aiex
