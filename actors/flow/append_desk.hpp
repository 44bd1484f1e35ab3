// The appends that a store's writer has taken in and not answered yet, by what they wait for.
#pragma once

#include "aiex/actors/flow/append_answers.hpp"
#include "aiex/persistence/consensus/limits.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace aiex {

/// Thread: the writer's. How many there are is limited by the gates of those who ask.
class append_desk {
public:
  /// In the group that the store has open, in its order.
  std::vector<waiting_append> open{};

  /// The open group was closed under this number.
  void closed(std::uint64_t group) { groups_.emplace(group, std::exchange(open, {})); }
  std::size_t groups() const noexcept { return groups_.size(); }
  /// Those of a group that has its answers. Precondition: it was closed.
  std::vector<waiting_append> take_group(std::uint64_t group) {
    return std::move(groups_.extract(group).mapped());
  }

  /// Until somebody leads: tried again at each tick.
  std::deque<waiting_append> kept{};

  /// It is on its way to the node that leads: its number.
  std::uint64_t forwarded(consensus::member_id to, waiting_append what);
  /// That node has answered. Nothing: it was given up on before.
  std::optional<waiting_append> returned(consensus::member_id from, std::uint64_t number);
  /// Nobody hears from that node any more: what it was sent may have been written, and is kept.
  void lost(consensus::member_id node);

  /// An answer from afar that is not given before this node has applied what it rests on.
  struct early {
    std::uint64_t index = 0;
    waiting_append asked{};
    result<append_result> outcome{};
  };
  std::vector<early> early{};

  std::size_t waiting() const noexcept;

private:
  std::map<std::uint64_t, std::vector<waiting_append>> groups_;
  std::map<std::pair<consensus::member_id, std::uint64_t>, waiting_append> forwarded_;
  std::uint64_t last_number_ = 0;
};

} // namespace aiex
