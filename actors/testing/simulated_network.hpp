// The mesh of several nodes in one process, on virtual time: what `mesh_messages.hpp` promises,
// without a socket. A link lasts until one of its ends is not heard for a while.
#pragma once

#include "aiex/actors/cluster/mesh_messages.hpp"
#include "aiex/actors/testing/actor_world.hpp"

#include <caf/actor.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace aiex::testing {

/// A message takes no time, a node that ends is missed at once, one that is cut off after
/// `silence_max`, and is linked again `redial` after it can be heard. Thread: the test's.
class simulated_network {
public:
  using node_number = std::size_t;
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds silence_max{1'000};
  static constexpr std::chrono::milliseconds redial{100};

  explicit simulated_network(actor_world& world) : world_(world) {}
  ~simulated_network();
  simulated_network(const simulated_network&) = delete;
  simulated_network& operator=(const simulated_network&) = delete;

  /// A life of a node begins: its mesh. `who.mesh` is made here.
  caf::actor start(node_number number, peer_node who);
  /// It is over: what was on its way to or from it is lost.
  void end(node_number number);

  /// Nothing gets from one to the other any more.
  void cut_one_way(node_number from, node_number to) { cuts_.insert({from, to}); }
  void heal_one_way(node_number from, node_number to) { cuts_.erase({from, to}); }
  void heal() { cuts_.clear(); }

  /// What has come due by now: links begin and end.
  void look(time_point now);

  bool are_linked(node_number one, node_number other) const {
    return links_.contains(ordered(one, other));
  }

private:
  using pair = std::pair<node_number, node_number>;
  struct node {
    peer_node who{};
    std::vector<follow_peers> followers{};
  };
  struct link {
    std::chrono::steady_clock::time_point cut_since{}; ///< Of a link that is cut.
    bool is_cut = false;
  };

  static pair ordered(node_number one, node_number other) { return std::minmax(one, other); }
  static caf::behavior mesh(
    caf::event_based_actor* self, simulated_network* network, node_number number);

  bool is_cut(pair between) const {
    return cuts_.contains(between) || cuts_.contains({between.second, between.first});
  }
  void follow(node_number number, follow_peers what);
  void send(node_number from, peer_send what);
  void deliver(node_number from, node_number to, peer_send what);
  void begin_link(pair between);
  void end_link(pair between);
  void release(node_number from, node_number to);
  template <class News>
  void tell(node_number number, const News& news);

  actor_world& world_;
  std::map<node_number, node> nodes_;
  std::set<pair> cuts_;
  std::map<pair, link> links_;
  std::map<pair, time_point> apart_since_;
  std::map<pair, std::deque<peer_send>> held_; ///< On the way when the way was cut.
};

} // namespace aiex::testing
