// Nodes whose meshes are cores only, over a network of the imagination: one step is a millisecond.
#pragma once

#include "aiex/actors/cluster/mesh_core.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace aiex::test {

class mesh_net {
public:
  using node_index = std::size_t;
  static constexpr std::chrono::milliseconds latency{3};

  /// All have the first one as their seed.
  mesh_net(std::size_t count, std::uint64_t seed, mesh_limits limits = {})
      : random_(seed), limits_(limits), nodes_(count) {
    for (node_index i = 0; i < count; ++i)
      start(i);
  }

  // -- what is done to them ----------------------------------------------------------------------

  void start(node_index i) {
    node& it = nodes_[i];
    if (it.core)
      return;
    ++it.life;
    it.is_stopped = false;
    it.core = std::make_unique<mesh_core>(node_card{id_of(99), name_of(i), id_of(i), it.life, {}},
      std::vector<std::string>{i == 0 ? address_of(count() - 1) : address_of(0)}, limits_,
      random_(), now_);
    it.core->listens_at(address_of(i));
    it.next_tick = now_ + std::chrono::milliseconds{draw(limits_.heartbeat.count())};
  }
  void kill(node_index i) {
    nodes_[i].core.reset();
    nodes_[i].ups.clear();
    for (auto& [number, each] : connections_)
      for (const int side : {0, 1})
        if (each.ends[side].node == i)
          close(each, side);
  }
  void stop(node_index i) { nodes_[i].is_stopped = true; }
  void resume(node_index i) { nodes_[i].is_stopped = false; }
  void cut(node_index from, node_index to) { cuts_.insert({from, to}); }
  void heal() { cuts_.clear(); }
  void heal(node_index from, node_index to) { cuts_.erase({from, to}); }

  void run(std::chrono::milliseconds time) {
    for (const auto until = now_ + time; now_ < until; now_ += std::chrono::milliseconds{1})
      step();
  }

  // -- what can be seen of them ------------------------------------------------------------------

  std::size_t count() const { return nodes_.size(); }
  bool lives(node_index i) const { return nodes_[i].core != nullptr; }
  mesh_core& core(node_index i) { return *nodes_[i].core; }

  /// Who is up at a node, in which life.
  std::map<node_index, std::uint64_t> up_at(node_index i) const {
    std::map<node_index, std::uint64_t> up;
    for (const auto& [link, who] : nodes_[i].core->up())
      up.emplace(who.store.bytes[0] - 1, who.incarnation);
    return up;
  }

  /// Both sides of every pair that lives are up, by one connection.
  bool is_full_mesh() const {
    std::map<std::pair<node_index, node_index>, int> open;
    for (const auto& [number, each] : connections_)
      if (each.ends[0].is_open || each.ends[1].is_open)
        ++open[std::minmax(each.ends[0].node, each.ends[1].node)];
    for (node_index i = 0; i < count(); ++i) {
      if (!lives(i))
        continue;
      std::map<node_index, std::uint64_t> expected;
      for (node_index j = 0; j < count(); ++j)
        if (j != i && lives(j)) {
          expected.emplace(j, nodes_[j].life);
          if (open[std::minmax(i, j)] != 1)
            return false;
        }
      if (up_at(i) != expected)
        return false;
    }
    return true;
  }
  std::size_t dials() const { return dials_; }
  std::size_t changes() const { return changes_; }

  static std::string name_of(node_index i) { return "n" + std::to_string(i + 1); }
  static std::string address_of(node_index i) { return "10.0.0." + std::to_string(i + 1) + ":1"; }
  static uuid id_of(std::size_t i) {
    uuid id;
    id.bytes.fill(static_cast<std::uint8_t>(i + 1));
    return id;
  }

private:
  struct hello {
    node_hello said;
  };
  struct server_handshake {};
  struct finish {};
  using item =
    std::variant<hello, server_handshake, node_welcome, mesh_heartbeat, mesh_introduce, finish>;
  struct side_of {
    node_index node = 0;
    std::uint64_t life = 0;
    mesh_link link = 0; // 0: the mesh has not been told
    bool is_open = false;
    bool is_shaken = false;                                      // its book of links has it
    bool has_news = false;                                       // the mesh must hear of its end
    std::deque<std::pair<mesh_core::time_point, item>> incoming; // to it
  };
  struct connection {
    std::array<side_of, 2> ends; // who dialled, who was dialled
    mesh_core::time_point deadline;
  };
  struct node {
    std::unique_ptr<mesh_core> core;
    std::uint64_t life = 0;
    bool is_stopped = false;
    mesh_core::time_point next_tick;
    std::set<uuid> ups;
    std::map<node_index, mesh_core::time_point> lost; // who is up and cannot be talked with
  };

  std::int64_t draw(std::int64_t below) {
    return std::uniform_int_distribution<std::int64_t>{0, below - 1}(random_);
  }
  bool is_cut(node_index from, node_index to) const { return cuts_.contains({from, to}); }
  bool runs(const side_of& at) const {
    const node& it = nodes_[at.node];
    return it.core && it.life == at.life && !it.is_stopped;
  }

  void step() {
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, each] : connections_)
      numbers.push_back(number);
    for (const std::uint64_t each : numbers)
      for (const int side : {0, 1})
        pump(connections_.at(each), side);
    for (node_index i = 0; i < count(); ++i) {
      node& it = nodes_[i];
      if (!it.core || it.is_stopped || it.next_tick > now_)
        continue;
      it.next_tick = now_ + limits_.heartbeat;
      perform(i, it.core->tick(now_));
    }
    if (now_.time_since_epoch() % limits_.heartbeat == std::chrono::milliseconds{0})
      check_that_ends_are_noticed();
    std::erase_if(connections_, [](const auto& each) {
      const auto& ends = each.second.ends;
      return !ends[0].is_open && !ends[1].is_open && !ends[0].has_news && !ends[1].has_news;
    });
  }

  /// Who cannot be talked with is not up for longer than it takes to notice.
  void check_that_ends_are_noticed() {
    for (node_index i = 0; i < count(); ++i) {
      std::map<node_index, mesh_core::time_point> lost;
      if (nodes_[i].core && !nodes_[i].is_stopped)
        for (const auto& [j, life] : up_at(i)) {
          const bool can_talk = nodes_[j].core && nodes_[j].life == life && !nodes_[j].is_stopped &&
                                !is_cut(i, j) && !is_cut(j, i);
          if (can_talk)
            continue;
          const auto before = nodes_[i].lost.find(j);
          lost[j] = before == nodes_[i].lost.end() ? now_ : before->second;
          CHECK(now_ - lost[j] <= 2 * limits_.suspect_after);
        }
      nodes_[i].lost = std::move(lost);
    }
  }

  /// Delivers what has come to one side.
  void pump(connection& of, int side) {
    side_of& at = of.ends[side];
    const side_of& other = of.ends[1 - side];
    if (side == 0 && at.link != 0 && at.is_open && of.deadline <= now_ && runs(at)) {
      fail(of, "no answer in time");
      return;
    }
    while (
      !at.incoming.empty() && at.incoming.front().first <= now_ && !is_cut(other.node, at.node)) {
      const bool is_dead = !nodes_[at.node].core || nodes_[at.node].life != at.life;
      if (!runs(at) && !is_dead)
        break;
      const item next = std::move(at.incoming.front().second);
      at.incoming.pop_front();
      if (is_dead || !at.is_open)
        refuse_more(of, side, next);
      else
        std::visit([&](const auto& it) { deliver(of, side, it); }, next);
    }
    if (at.has_news && runs(at)) {
      at.has_news = false;
      if (at.link != 0)
        perform(at.node, nodes_[at.node].core->ended(at.link, "closed", now_));
    }
    if (!nodes_[at.node].core || nodes_[at.node].life != at.life)
      at.has_news = false;
  }

  /// Data for who has closed: the other side is told.
  void refuse_more(connection& of, int side, const item& what) {
    if (!std::holds_alternative<finish>(what))
      put(of, 1 - side, finish{});
  }

  void put(connection& of, int to, item what) {
    of.ends[to].incoming.emplace_back(now_ + latency, std::move(what));
  }

  void close(connection& of, int side) {
    side_of& at = of.ends[side];
    if (!std::exchange(at.is_open, false))
      return;
    put(of, 1 - side, finish{});
  }

  /// A dial that has come to nothing.
  void fail(connection& of, const std::string& why) {
    side_of& at = of.ends[0];
    const mesh_link link = std::exchange(at.link, 0);
    close(of, 0);
    nodes_[at.node].core->dial_failed(link, mesh_core::dial_failure::unreachable, why, now_);
  }

  /// What CAF's book of links knows: is there a connection with that node already?
  bool has_other(const connection& of, int side) const {
    const side_of& at = of.ends[side];
    const side_of& other = of.ends[1 - side];
    return std::any_of(connections_.begin(), connections_.end(), [&](const auto& each) {
      if (&each.second == &of)
        return false;
      for (const int its : {0, 1}) {
        const side_of& mine = each.second.ends[its];
        const side_of& theirs = each.second.ends[1 - its];
        if (mine.is_open && mine.is_shaken && mine.node == at.node && mine.life == at.life &&
            theirs.node == other.node && theirs.life == other.life)
          return true;
      }
      return false;
    });
  }

  void deliver(connection& of, int side, const hello& words) {
    side_of& at = of.ends[side];
    mesh_core& core = *nodes_[at.node].core;
    if (auto why = core.refusal(words.said)) {
      put(of, 0, core.welcome(*why));
      return;
    }
    mesh_acts acts;
    at.link = core.admit(words.said, now_, acts);
    put(of, 0, core.welcome());
    perform(at.node, acts);
  }
  void deliver(connection& of, int, const server_handshake&) {
    if (has_other(of, 0))
      return fail(of, "linked already");
    of.ends[0].is_shaken = true;
    put(of, 1, hello{nodes_[of.ends[0].node].core->hello()});
  }
  void deliver(connection& of, int side, const node_welcome& answer) {
    const side_of& at = of.ends[side];
    of.deadline = mesh_core::time_point::max();
    perform(at.node, nodes_[at.node].core->welcomed(at.link, answer, now_));
  }
  void deliver(connection& of, int side, const mesh_heartbeat& beat) {
    const side_of& at = of.ends[side];
    mesh_core& core = *nodes_[at.node].core;
    perform(at.node, core.heard(at.link, now_));
    perform(at.node, core.heartbeat(at.link, beat.silence, now_));
  }
  void deliver(connection& of, int side, const mesh_introduce& others) {
    const side_of& at = of.ends[side];
    perform(at.node, nodes_[at.node].core->heard(at.link, now_));
    nodes_[at.node].core->introduced(at.link, others.all, now_);
  }
  void deliver(connection& of, int side, const finish&) {
    side_of& at = of.ends[side];
    at.is_open = false;
    at.has_news = true;
  }

  // -- what the cores say ------------------------------------------------------------------------

  void perform(node_index i, const mesh_acts& acts) {
    for (const mesh_act& each : acts)
      std::visit([&](const auto& act) { perform_one(i, act); }, each);
  }
  void perform_one(node_index i, const mesh_dial& dial) {
    ++dials_;
    node_index to = count();
    for (node_index j = 0; j < count(); ++j)
      if (address_of(j) == dial.address)
        to = j;
    REQUIRE(to != i);
    node& target = nodes_.at(to);
    connection made;
    made.deadline = now_ + limits_.dial_deadline;
    made.ends[0] = {i, nodes_[i].life, dial.link, true, false, false, {}};
    made.ends[1] = {to, target.life, 0, false, true, false, {}};
    connection& of = connections_.emplace(++last_connection_, std::move(made)).first->second;
    if (is_cut(i, to) || is_cut(to, i) || target.is_stopped)
      return; // until the deadline
    if (!target.core || has_other(of, 1)) {
      put(of, 0, finish{});
      return;
    }
    of.ends[1].is_open = true;
    put(of, 0, server_handshake{});
  }
  void perform_one(node_index i, const mesh_close& act) {
    if (auto* found = find(i, act.link)) {
      for (const int side : {0, 1})
        if (found->ends[side].node == i && found->ends[side].link == act.link) {
          found->ends[side].link = 0;
          close(*found, side);
        }
    }
  }
  void perform_one(node_index i, const mesh_up& act) {
    ++changes_;
    CHECK_MESSAGE(nodes_[i].ups.insert(act.who.store).second, "up twice");
  }
  void perform_one(node_index i, const mesh_down& act) {
    ++changes_;
    CHECK_MESSAGE(nodes_[i].ups.erase(act.who.store) == 1, "down without up");
  }
  void perform_one(node_index i, const mesh_heartbeat& act) { send(i, act.link, act); }
  void perform_one(node_index i, const mesh_introduce& act) { send(i, act.link, act); }
  void perform_one(node_index, const mesh_warning&) {}

  void send(node_index i, mesh_link link, item what) {
    if (connection* found = find(i, link))
      put(*found, found->ends[0].node == i ? 1 : 0, std::move(what));
  }
  connection* find(node_index i, mesh_link link) {
    for (auto& [number, each] : connections_)
      for (const side_of& at : each.ends)
        if (at.node == i && at.life == nodes_[i].life && at.link == link)
          return &each;
    return nullptr;
  }

  std::mt19937_64 random_;
  mesh_limits limits_;
  std::vector<node> nodes_;
  std::map<std::uint64_t, connection> connections_;
  std::uint64_t last_connection_ = 0;
  std::set<std::pair<node_index, node_index>> cuts_;
  mesh_core::time_point now_{std::chrono::hours{1}};
  std::size_t dials_ = 0;
  std::size_t changes_ = 0;
};

} // namespace aiex::test
