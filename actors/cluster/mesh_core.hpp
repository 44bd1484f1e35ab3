// Which nodes a node is to be linked with, when it dials them, and who of them is up.
//
// One seed is enough: when a link comes up each side tells the other whom it is linked with, and
// later whom else. Who is known is dialled until it is up, at growing intervals.
//
//   A dials B                                     at A          at B
//   connection, then node_hello             ->    greeting      admitted
//                                           <-    up
//   first frame                             ->                  up
//
// Two nodes that dial each other at the same moment refuse each other's connection, both, and try
// again: the one with the smaller name soon, the other later.
//
// A peer that is not heard for `suspect_after` is down, and so is one that says that it does not
// hear us. Only time that passed while this node was running counts.
//
// Pure: knows no socket, no clock, no actor. Thread: one at a time.
#pragma once

#include "aiex/actors/cluster/mesh_peers.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

namespace aiex {

/// What the mesh is to do, in this order.
struct mesh_dial {
  mesh_link link = 0;
  std::string address{};
};
struct mesh_close {
  mesh_link link = 0;
};
struct mesh_up {
  mesh_link link = 0;
  node_card who{};
};
struct mesh_down {
  mesh_link link = 0;
  node_card who{};
  std::string why{};
};
struct mesh_heartbeat {
  mesh_link link = 0;
  std::chrono::milliseconds silence{}; ///< So long we have not heard the other side.
};
struct mesh_introduce {
  mesh_link link = 0;
  std::vector<known_node> all{};
};
/// Somebody should know.
struct mesh_warning {
  std::string text{};
};
using mesh_act = std::variant<mesh_dial, mesh_close, mesh_up, mesh_down, mesh_heartbeat,
  mesh_introduce, mesh_warning>;
using mesh_acts = std::vector<mesh_act>;

class mesh_core {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `self.address` may be empty: then nobody is dialled yet. `seeds`: addresses.
  mesh_core(node_card self, const std::vector<std::string>& seeds, mesh_limits limits,
    std::uint64_t random, time_point now);

  /// Where we listen. From the next tick on others are dialled.
  void listens_at(const std::string& address);

  /// Replaces what was expected before. At most `mesh_limits::addresses_max` count.
  void expect(const std::vector<known_node>& all, time_point now);

  /// Every `mesh_limits::heartbeat`.
  mesh_acts tick(time_point now);

  // What became of a `mesh_dial`. Of others than those under way: nothing.
  enum class dial_failure : std::uint8_t {
    unreachable, ///< Or too late, closed meanwhile, linked already, or refused by either side.
    own,         ///< It is this node.
  };
  void dial_failed(mesh_link link, dial_failure how, const std::string& why, time_point now);
  mesh_acts welcomed(mesh_link link, const node_welcome& answer, time_point now);

  /// A hello from the other side. Nothing: it may be admitted. Else why not.
  std::optional<std::string> refusal(const node_hello& hello) const;

  /// After `refusal` has had nothing against it: the link's number.
  mesh_link admit(const node_hello& hello, time_point now, mesh_acts& acts);

  /// What we say to who is welcome, or refused.
  node_welcome welcome(std::string refusal = {}) const;
  node_hello hello() const;

  // What came over a link. Of an unknown link: nothing.
  mesh_acts heard(mesh_link link, time_point now);
  mesh_acts heartbeat(mesh_link link, std::chrono::milliseconds silence, time_point now);
  void introduced(mesh_link link, const std::vector<known_node>& all, time_point now);

  /// The link has ended, or must: it breaks a rule.
  mesh_acts ended(mesh_link link, const std::string& why, time_point now);

  /// Those that are up.
  std::map<mesh_link, node_card> up() const;
  /// Where somebody is known to be, up or not.
  std::vector<known_node> known() const;
  /// Those of them that are neither up nor about to be.
  std::vector<unreached_node> unreached() const;
  const node_card& self() const noexcept { return self_; }

private:
  std::optional<std::string> conflict(const node_card& who) const;
  void replace_older(const node_card& who, time_point now, mesh_acts& acts);
  void close(mesh_link link, const std::string& why, time_point now, mesh_acts& acts);
  void go_up(mesh_link link, time_point now, mesh_acts& acts);
  void look_for_silence(time_point now, mesh_acts& acts);
  void dial_due(time_point now, mesh_acts& acts);
  bool is_linked(const std::string& address, const mesh_address& known) const;

  node_card self_;
  mesh_limits limits_;
  mesh_addresses addresses_;
  std::map<mesh_link, mesh_peer> links_;   // greeting, admitted or up
  std::map<mesh_link, std::string> dials_; // under way: where to
  mesh_link last_link_ = 0;
  time_point last_tick_;
};

} // namespace aiex
