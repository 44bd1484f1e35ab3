// The groups of one life of a scope: any thread reads and changes them, and nobody is asked for it.
// What Erlang's pg does in its scope's process is done here by who calls, under a lock: a change is
// a function call, not two messages.
#pragma once

#include "aiex/actors/cluster/group_messages.hpp"
#include "aiex/actors/cluster/group_view.hpp"

#include <caf/actor_addr.hpp>

#include <mutex>
#include <vector>

namespace aiex {

/// Changes come one after another, and monitors are told of them in that order. Thread: any.
/// Errors of all: not_found (the scope has ended), and those that are said.
class scope_groups {
public:
  /// `scope` is the actor that hears of the ends of members.
  scope_groups(caf::actor_addr scope, group_table::limits most)
      : scope_(std::move(scope)), view_(most) {}
  scope_groups(const scope_groups&) = delete;
  scope_groups& operator=(const scope_groups&) = delete;

  const group_view& view() const noexcept { return view_; }

  /// See `groups`.
  result<bool> join(const group_name& group, const std::vector<caf::actor>& who);
  result<bool> leave(const group_name& group, const std::vector<caf::actor>& who);
  result<group_monitored> monitor(const caf::actor& receiver, const group_name& group);
  result<scope_monitored> monitor_scope(const caf::actor& receiver);
  bool demonitor(const group_ref& which);

  /// A member or a receiver has ended.
  void on_down(caf::actor_id who);

  /// The scope has ended: all are let go of, and nobody comes in any more.
  void close() { view_.close(); }

private:
  result<void> check(const std::vector<caf::actor>& who) const;
  bool is_of_here(const caf::actor& who) const;
  result<group_ref> begin(const caf::actor& receiver, std::optional<group_name> group);
  void carry_out(const group_effects& then); // order_ is held

  caf::actor_addr scope_; // weak: the scope holds this
  std::mutex order_;      // held while something is changed and told
  group_view view_;
};

} // namespace aiex
