// Nodes with a group table each, and the links between them, which break and lose what is under
// way. What goes between two nodes keeps its order. A node learns of a break, and of a link that is
// there again, in the same line as of messages. Everything is decided by a seed.
#pragma once

#include "aiex/actors/cluster/group_table.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace aiex::test {

class group_net {
public:
  group_net(std::size_t nodes, std::uint64_t seed) : random_(seed) {
    for (std::size_t i = 0; i < nodes; ++i)
      nodes_.push_back(make_node(i));
    for (std::size_t a = 0; a < nodes; ++a)
      for (std::size_t b = 0; b < a; ++b)
        connect(a, b);
  }

  /// Something happens somewhere: a call, an end, a message, a break, a restart of a scope.
  void step() {
    const std::size_t at = below(nodes_.size());
    const std::size_t other = below(nodes_.size());
    switch (below(16)) {
    case 0: return at == other ? void() : disconnect(at, other);
    case 1: return at == other ? void() : connect(at, other);
    case 2: return below(8) == 0 ? restart(at) : void();
    case 3: return own(at, nodes_[at].table->on_down(below(actors)));
    case 4:
    case 5:
    case 6: return own(at, *nodes_[at].table->leave(some_group(), some_actors()));
    case 7:
    case 8:
    case 9: return own(at, *nodes_[at].table->join(some_group(), some_actors()));
    default: handle_one(at, other);
    }
  }

  /// All links are there again, and everybody has heard everything.
  void heal() {
    for (std::size_t a = 0; a < nodes_.size(); ++a)
      for (std::size_t b = 0; b < a; ++b)
        connect(a, b);
    for (bool is_busy = true; is_busy;) {
      is_busy = false;
      for (std::size_t a = 0; a < nodes_.size(); ++a)
        for (std::size_t b = 0; b < nodes_.size(); ++b)
          while (handle_one(a, b))
            is_busy = true;
    }
  }

  /// Every node sees exactly the members that the nodes themselves have.
  bool is_agreed() const {
    for (const node& each : nodes_)
      for (const node& of : nodes_)
        if (seen(each, &each == &of ? 0 : of.number) != seen(of, 0))
          return false;
    return true;
  }
  /// Nothing is seen of those who are not there any more.
  bool is_clean() const {
    for (const node& each : nodes_)
      for (const group_name& group : each.table->which_groups()) {
        if (each.table->members(group).empty())
          return false;
        for (const group_member& who : each.table->members(group))
          if (who.node != 0 && std::ranges::find(nodes_, who.node, &node::number) == nodes_.end())
            return false;
      }
    return true;
  }
  /// Who only listens to a monitor knows all members.
  bool is_told() const {
    return std::ranges::all_of(nodes_, [](const node& each) {
      std::map<group_name, std::multiset<group_member>> now;
      for (const group_name& group : each.table->which_groups()) {
        const auto members = each.table->members(group);
        now[group].insert(members.begin(), members.end());
      }
      return each.has_monitor && now == each.heard;
    });
  }
  /// A message, or word of a link, if there is one. False: there is none.
  bool handle_one(std::size_t at, std::size_t from) {
    auto& waiting = lines_[{from, at}];
    if (waiting.empty())
      return false;
    const message next = std::move(waiting.front());
    waiting.pop_front();
    handle(at, from, next);
    return true;
  }

private:
  static constexpr std::uint64_t actors = 6;
  struct node {
    group_peer number = 0;
    std::unique_ptr<group_table> table;
    std::map<group_name, std::multiset<group_member>> heard; // by its monitor
    bool has_monitor = false;
  };
  struct message {
    enum class kind : std::uint8_t { link_up, link_down, scope_down, discover, sync, change };
    kind what = kind::link_up;
    group_peer from = 0; // the scope that sent it, or is down
    group_peer to = 0;   // 0: whoever is the scope there
    group_sync has{};
    group_change change{};
  };

  std::size_t below(std::size_t bound) { return random_() % bound; }
  group_name some_group() { return std::string(1, static_cast<char>('a' + below(4))); }
  std::vector<group_actor> some_actors() {
    std::vector<group_actor> some(below(4));
    for (group_actor& each : some)
      each = below(actors);
    return some;
  }
  node make_node(std::size_t place) {
    node made{++last_number_, std::make_unique<group_table>(), {}};
    lives_[place].push_back(made.number);
    made.has_monitor = made.table->monitor(99).has_value();
    return made;
  }

  std::vector<group_member> seen(const node& by, group_peer of) const {
    std::vector<group_member> all;
    for (const group_name& group : by.table->which_groups())
      for (group_member who : by.table->members(group))
        if (who.node == of)
          all.push_back({static_cast<group_peer>(group.front()), who.actor});
    std::ranges::sort(all);
    return all;
  }

  bool is_connected(std::size_t a, std::size_t b) const { return links_.contains({a, b}); }
  void connect(std::size_t a, std::size_t b) {
    for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}})
      if (links_.insert({from, to}).second)
        lines_[{from, to}].push_back({message::kind::link_up});
  }
  void disconnect(std::size_t a, std::size_t b) {
    for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}})
      if (links_.erase({from, to}) > 0) {
        auto& under_way = lines_[{from, to}];
        // Word of the link itself is the receiver's own and is not lost.
        for (std::size_t lost = below(under_way.size() + 1);
             lost > 0 && under_way.back().what > message::kind::link_down; --lost)
          under_way.pop_back();
        under_way.push_back({message::kind::link_down});
      }
  }
  void send(std::size_t from, std::size_t to, message what) {
    if (is_connected(from, to))
      lines_[{from, to}].push_back(std::move(what));
  }

  /// The scope ends and another takes its place, which discovers all that are linked.
  void restart(std::size_t at) {
    const group_peer before = nodes_[at].number;
    nodes_[at] = make_node(at);
    for (std::size_t to = 0; to < nodes_.size(); ++to) {
      send(at, to, {message::kind::scope_down, before});
      send(at, to, {message::kind::discover, nodes_[at].number});
    }
  }

  void hear(node& by, const group_outcome& then) {
    for (const auto& [change, to] : then.changes) {
      if (to.empty())
        continue;
      auto& members = by.heard[change.group];
      for (const group_member& who : change.who) {
        if (change.what == group_change::act::join)
          members.insert(who);
        else if (const auto found = members.find(who); found != members.end())
          members.erase(found);
        else
          by.heard["left without having joined"].insert(who);
      }
      if (members.empty())
        by.heard.erase(change.group);
    }
  }
  void own(std::size_t at, const group_outcome& then) {
    hear(nodes_[at], then);
    for (const auto& [change, to] : then.changes)
      for (std::size_t other = 0; other < nodes_.size(); ++other)
        if (other != at && nodes_[at].table->knows(nodes_[other].number))
          send(at, other,
            {message::kind::change, nodes_[at].number, nodes_[other].number, {}, change});
  }

  void handle(std::size_t at, std::size_t from, const message& next) {
    node& here = nodes_[at];
    const auto me = here.number;
    std::vector<group_actor> who;
    for (const group_member& each : next.change.who)
      who.push_back(each.actor);
    if (next.to != 0 && next.to != me)
      return; // it was for the scope before
    switch (next.what) {
    case message::kind::link_up: return send(at, from, {message::kind::discover, me});
    case message::kind::link_down:
      for (const group_peer each : lives_[from])
        hear(here, here.table->on_peer_down(each));
      return;
    case message::kind::scope_down: return hear(here, here.table->on_peer_down(next.from));
    case message::kind::sync: return hear(here, here.table->on_sync(next.from, next.has));
    case message::kind::discover: {
      const auto known = here.table->on_discover(next.from);
      send(at, from, {message::kind::sync, me, next.from, here.table->own_groups()});
      if (known == group_table::acquaintance::is_new)
        send(at, from, {message::kind::discover, me, next.from});
      return;
    }
    case message::kind::change:
      hear(here, next.change.what == group_change::act::join
                   ? here.table->on_join(next.from, next.change.group, who)
                   : here.table->on_leave(next.from, next.change.group, who));
    }
  }

  std::mt19937_64 random_;
  group_peer last_number_ = 0;
  std::map<std::size_t, std::vector<group_peer>> lives_; // the scopes that each place has had
  std::vector<node> nodes_;
  std::set<std::pair<std::size_t, std::size_t>> links_;
  std::map<std::pair<std::size_t, std::size_t>, std::deque<message>> lines_; // from, to
};

} // namespace aiex::test
