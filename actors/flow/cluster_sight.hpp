// How the cluster looks from this node, for whoever wants to know: shown by the store's writer and
// by who keeps this node's membership, seen by any thread without asking either.
#pragma once

#include "aiex/actors/flow/member_messages.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

namespace aiex {

/// As old as a tick of the consensus core; what others have applied, as a second or two.
class cluster_sight {
public:
  /// The writer's.
  void show(cluster_view seen) {
    is_alone_ = seen.members.is_alone(seen.self);
    const std::lock_guard guard{lock_};
    seen_ = std::move(seen);
  }
  /// The entry up to which that member had applied its log when it was asked last.
  void show_applied(consensus::member_id member, std::uint64_t index) {
    const std::lock_guard guard{lock_};
    applied_[member] = index;
  }

  cluster_view view() const {
    const std::lock_guard guard{lock_};
    return seen_;
  }
  /// Of members that are linked.
  std::map<consensus::member_id, std::uint64_t> applied() const {
    const std::lock_guard guard{lock_};
    auto known = applied_;
    std::erase_if(known, [this](const auto& each) { return !seen_.linked.contains(each.first); });
    return known;
  }
  /// The only member: what it has is all there is.
  bool is_alone() const noexcept { return is_alone_; }

private:
  mutable std::mutex lock_; // guards all below but the flag
  cluster_view seen_;
  std::map<consensus::member_id, std::uint64_t> applied_; // members that went are few
  std::atomic<bool> is_alone_ = true;
};

} // namespace aiex
