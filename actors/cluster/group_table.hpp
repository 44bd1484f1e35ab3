// Who is a member of which group, decided without an actor: the rules of Erlang's pg.
//
// A group is a name with members, and is there while it has any: an empty group and an absent one
// are the same thing, so that two nodes cannot disagree about a deletion. A member may join often,
// and then has to leave as often.
//
// Only actors of this node join and leave here. What other nodes have is told by their tables, and
// each table is believed about its own members alone:
//
//   a link is there     send "discover"
//   "discover"          answer with all own members ("sync"); discover back, if it was not known
//   "sync"              replaces all that this peer has said before
//   each own change     is told to the peers that are known
//   the link is lost    the peer is forgotten, with its members
//
// Messages of a peer come in order or not at all, so after a link is back both know each other's
// members, whatever has happened meanwhile. A restarted scope is another peer.
//
// Unlike pg, a sync that changes a group tells its monitors; an empty list of actors never makes a
// group; monitors hear of those who really left; and of an end once per group.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiex {

using group_name = std::string; ///< 1 to `group_name_bytes_max` bytes of UTF-8, no control ones.
inline constexpr std::size_t group_name_bytes_max = 255;

/// One life of another node's scope. 0 is this one.
using group_peer = std::uint64_t;
using group_actor = std::uint64_t; ///< Of which node is said beside it.

struct group_member {
  group_peer node = 0;
  group_actor actor = 0;

  auto operator<=>(const group_member&) const = default;
};

struct group_change {
  enum class act : std::uint8_t { join, leave };
  act what = act::join;
  group_name group;
  std::vector<group_member> who; ///< Not empty; one that joined twice stands there twice.

  bool operator==(const group_change&) const = default;
};

using group_monitor = std::uint64_t; ///< Unique in a table.

/// What follows from something that has happened, in this order.
struct group_outcome {
  struct told {
    group_change change;
    std::vector<group_monitor> to;
  };
  std::vector<told> changes{};        ///< To be told to peers too, if they are of this node.
  std::vector<group_actor> watch{};   ///< Of this node: their end is to be told to `on_down`.
  std::vector<group_actor> unwatch{}; ///< Need not be any more; late word of them is no trouble.
  std::size_t compared = 0;           ///< By a sync: groups that were looked at.
};

/// A scope's own members.
using group_sync = std::vector<std::pair<group_name, std::vector<group_actor>>>;

struct group_size {
  group_name name;
  std::size_t members = 0;
  std::size_t own = 0; ///< Of this node.

  bool operator==(const group_size&) const = default;
};

struct group_share {
  group_member who;
  std::size_t joined = 0; ///< So often.

  bool operator==(const group_share&) const = default;
};

/// Thread: one at a time.
class group_table {
public:
  struct limits {
    std::size_t groups = 100'000;        ///< With members of this node.
    std::size_t memberships = 1'000'000; ///< Of this node; and of each peer.
    std::size_t per_call = 1'024;        ///< Actors in one call.
    std::size_t monitors = 10'000;
    std::size_t peers = 256;
  };

  group_table() : group_table(limits{}) {}
  explicit group_table(limits most) : most_(most) {}
  // The indexes point into the groups.
  group_table(const group_table&) = delete;
  group_table& operator=(const group_table&) = delete;

  /// Each of `who` counts, the first becomes the newest. Nobody: nothing changes. Errors:
  /// invalid_argument (the name), batch_too_large, overloaded. Then nothing has changed.
  result<group_outcome> join(const group_name& group, std::span<const group_actor> who);

  /// Each of `who` leaves once, if it is a member. No changes if none was: OTP's not_joined.
  /// Errors: as `join`, without overloaded.
  result<group_outcome> leave(const group_name& group, std::span<const group_actor> who);

  /// An actor of this node has ended: it leaves all its groups, and its monitors are gone.
  group_outcome on_down(group_actor who);

  struct monitored {
    group_monitor number = 0;
    std::vector<group_actor> watch{};
  };
  /// `owner` is to hear of each change from now on: of one group, which need not be there, or of
  /// all. Errors: invalid_argument (the name), overloaded.
  result<monitored> monitor(group_actor owner, std::optional<group_name> group = {});

  /// Nothing if there is no such monitor.
  std::optional<group_outcome> demonitor(group_monitor which);

  /// Of a monitor that was told of.
  group_actor owner(group_monitor which) const { return monitors_.at(which).owner; }

  // The peers. What comes of an unknown peer, or of this node itself, changes nothing, but for
  // `on_discover` and `on_sync`.
  enum class acquaintance : std::uint8_t { known, is_new, refused };

  /// Answer `own_groups` to known and new ones; discover the new. Refused: it is this scope, or
  /// there are too many.
  acquaintance on_discover(group_peer peer);
  group_sync own_groups() const;

  // A peer that breaks a limit is forgotten: `knows` says so. Close its link.
  group_outcome on_sync(group_peer peer, const group_sync& has);
  group_outcome on_join(group_peer peer, const group_name& group, std::span<const group_actor> who);
  group_outcome on_leave(
    group_peer peer, const group_name& group, std::span<const group_actor> who);
  group_outcome on_peer_down(group_peer peer);
  bool knows(group_peer peer) const { return peers_.contains(peer); }

  // Reading. Of an absent group: nobody.
  std::vector<group_member> members(std::string_view group) const; ///< The newest first.
  std::vector<group_member> own_members(std::string_view group) const;
  /// By name. Own: with members of this node.
  std::vector<group_name> which_groups() const;
  std::vector<group_name> which_own_groups() const;
  /// A page each: up to `most` behind `after`.
  std::vector<group_size> sizes(std::string_view after, std::size_t most) const;
  std::vector<group_share> shares(
    std::string_view group, const std::optional<group_member>& after, std::size_t most) const;

  /// Whether anything refers to this actor, so that it has to be watched.
  bool needs(group_actor actor) const;
  std::size_t memberships() const noexcept { return memberships_; } ///< Of this node.
  std::size_t monitors() const noexcept { return monitors_.size(); }

private:
  struct entry {
    group_member who;
    std::uint64_t since = 0; ///< Larger: later.
    auto operator<=>(const entry&) const = default;
  };
  struct members_of_group {
    std::set<entry> entries;
    std::size_t own = 0; // they stand first
  };
  struct peer_part {
    std::set<std::string_view> groups; // views of names in `groups_`
    std::size_t memberships = 0;
  };
  struct monitor_entry {
    group_actor owner = 0;
    std::optional<group_name> group;
  };

  static std::vector<group_member> of(group_peer node, std::span<const group_actor> who);
  static std::vector<group_actor> actors_of(const members_of_group& in, group_peer node);
  static std::vector<group_member> newest_first(const members_of_group& of, std::size_t first);
  result<void> check_call(std::string_view group, std::span<const group_actor> who) const;
  void put(const group_name& name, std::vector<group_member> who, group_outcome& into);
  void take(const group_name& name, std::span<const group_member> who, group_outcome& into);
  void take_all(const group_member& who, const group_name& name, group_outcome& into);
  void take_out(std::string_view name, members_of_group& from, std::set<entry>::iterator which);
  void tell(group_change change, group_outcome& into) const;
  void forget_monitor(group_monitor which);
  void replace(
    group_peer peer, const group_name& name, std::vector<group_actor> has, group_outcome& into);
  bool is_sound(const group_sync& has) const;

  limits most_;
  std::uint64_t last_entry_ = 0;
  std::map<group_name, members_of_group, std::less<>> groups_; // none is empty
  std::map<group_actor, std::set<std::string_view>> own_;      // none is empty
  std::size_t own_groups_ = 0;
  std::size_t memberships_ = 0;
  std::map<group_peer, peer_part> peers_;
  group_monitor last_monitor_ = 0;
  std::map<group_monitor, monitor_entry> monitors_;
  std::set<group_monitor> of_all_groups_;
  std::map<group_name, std::set<group_monitor>, std::less<>> by_group_;
  std::map<group_actor, std::set<group_monitor>> by_owner_;
};

/// Errors: invalid_argument.
result<void> check_group_name(std::string_view name);

} // namespace aiex
