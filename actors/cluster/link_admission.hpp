// Who may be connected: how many, for how long without a handshake, and one link per node.
#pragma once

#include "aiex/actors/cluster/basp_wire.hpp"
#include "aiex/actors/cluster/link_limits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace aiex {

/// A connection, for the life of the process. Never used twice, unlike a socket's number.
using link_id = std::uint64_t;

/// Pure: knows no socket and reads no clock. Thread: one at a time.
class link_admission {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit link_admission(const link_limits& limits) : limits_(limits) {}

  /// Notes an accepted connection, whose handshake is due from now on. Returns the one that must
  /// be closed to make room, which may be the oldest: idle connections cannot keep others out.
  std::optional<link_id> accepted(link_id id, time_point now);

  enum class handshake : std::uint8_t { welcome, node_taken, too_many_links };

  /// The handshake of an accepted or opened connection names `node`. Only the first link of a
  /// node is welcome, so that nobody can take another's answers by claiming its id.
  handshake shook_hands(link_id id, const basp::node_id& node);

  /// The connection has ended; whatever it held is free. Unknown ids are fine.
  void closed(link_id id);

  /// Connections whose handshake is due or overdue at `now`, oldest first.
  std::vector<link_id> overdue(time_point now) const;

  /// The link that speaks for `node`.
  std::optional<link_id> link_of(const basp::node_id& node) const;

  std::size_t pending() const noexcept { return pending_.size(); }
  std::size_t linked() const noexcept { return linked_.size(); }

private:
  link_limits limits_;
  std::map<link_id, time_point> pending_; // ids ascend, so the oldest is first
  std::map<link_id, basp::node_id> linked_;
};

} // namespace aiex
