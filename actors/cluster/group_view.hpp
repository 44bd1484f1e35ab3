// The groups of a scope as every thread may read them, without asking its actor: what Erlang's pg
// has in ETS. The actor alone changes them.
//
// A change costs the same however large the group is. Who reads a group first after it has changed
// pays for its size; after that a reading is a look into a map, and all readers have one list.
#pragma once

#include "aiex/actors/cluster/group_messages.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace aiex {

/// What a scope's actor has to do because something has changed, in this order.
struct group_effects {
  struct news {
    group_change::act what = group_change::act::join;
    group_name group;
    shared_actors who;
    std::vector<std::pair<group_monitor, caf::actor>> to; ///< Not empty.
  };
  bool has_changed = false;
  std::vector<caf::actor> watch{};
  std::vector<caf::actor> unwatch{};
  std::vector<news> changes{};
};

class group_view {
public:
  explicit group_view(group_table::limits most) : table_(most) {}

  // Any thread. Of an absent group: nobody.
  shared_actors members(std::string_view group) const; ///< The newest first.
  shared_actors own_members(std::string_view group) const;
  std::vector<group_name> which_groups() const;
  std::vector<group_name> which_own_groups() const;
  std::vector<group_size> sizes(std::string_view after, std::size_t most) const;
  std::vector<group_share> shares(
    std::string_view group, const std::optional<group_member>& after, std::size_t most) const;

  // The scope's actor only. Actors are of this node. Errors: those of `group_table`; stopped.
  result<group_effects> join(const group_name& group, const std::vector<caf::actor>& who);
  result<group_effects> leave(const group_name& group, const std::vector<caf::actor>& who);
  group_effects on_down(caf::actor_id who);
  struct monitored {
    group_monitor number = 0;
    group_effects then;
  };
  result<monitored> monitor(const caf::actor& owner, std::optional<group_name> group);
  std::optional<group_effects> demonitor(group_monitor which);

  /// Lets go of all actors, and takes none any more: the scope has ended, whatever it still does.
  void close();

private:
  struct lists {
    shared_actors all;
    shared_actors own;
  };
  using kept = std::vector<caf::actor>; // let go of outside the lock: it may be the last handle

  lists lists_of(std::string_view group) const;
  shared_actors actors_of(const std::vector<group_member>& who) const;
  std::vector<caf::actor> actors_of(const std::vector<group_actor>& who) const;
  void keep(const std::vector<caf::actor>& who);
  group_effects effects_of(const group_outcome& then, std::vector<lists>& outdated);
  void let_go(caf::actor_id who, kept& into);

  mutable std::shared_mutex lock_; // guards all below
  group_table table_;
  std::map<group_actor, caf::actor> actors_; // of this node, members and owners of monitors
  mutable std::map<group_name, lists, std::less<>> lists_; // made when they are read
  std::uint64_t changes_ = 0;
  bool is_closed_ = false;
};

} // namespace aiex
