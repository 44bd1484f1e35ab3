// Tested by tests/actors/testing/test_cluster_test.cpp
#include "aiex/actors/testing/simulated_network.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace aiex::testing {

caf::behavior simulated_network::mesh(
  caf::event_based_actor*, simulated_network* network, node_number number) {
  return {
    [=](follow_peers& what) { network->follow(number, std::move(what)); },
    [=](peer_send& what) { network->send(number, std::move(what)); },
    [](const expect_nodes&) {}, // everybody is known here
    [=](list_peers) {
      peers_up up;
      for (const auto& [between, state] : network->links_)
        if (between.first == number || between.second == number)
          up.all.push_back(
            network->nodes_.at(between.first == number ? between.second : between.first).who);
      return up;
    },
  };
}

simulated_network::~simulated_network() {
  while (!nodes_.empty())
    end(nodes_.begin()->first);
}

caf::actor simulated_network::start(node_number number, peer_node who) {
  who.mesh = world_.system.spawn(mesh, this, number);
  const caf::actor made = who.mesh;
  nodes_[number] = {std::move(who), {}};
  return made;
}

void simulated_network::end(node_number number) {
  const auto found = nodes_.find(number);
  if (found == nodes_.end())
    return;
  const caf::actor mesh_actor = found->second.who.mesh;
  std::vector<pair> ending;
  for (const auto& [between, state] : links_)
    if (between.first == number || between.second == number)
      ending.push_back(between);
  for (const pair& between : ending)
    end_link(between);
  nodes_.erase(number);
  std::erase_if(apart_since_,
    [&](const auto& each) { return each.first.first == number || each.first.second == number; });
  world_.kill(mesh_actor);
}

void simulated_network::look(time_point now) {
  for (auto one = nodes_.begin(); one != nodes_.end(); ++one)
    for (auto other = std::next(one); other != nodes_.end(); ++other) {
      const pair between{one->first, other->first};
      const auto linked = links_.find(between);
      if (linked == links_.end()) {
        if (is_cut(between))
          apart_since_[between] = now;
        else if (now - apart_since_.try_emplace(between, now).first->second >= redial)
          begin_link(between);
        continue;
      }
      link& state = linked->second;
      if (!is_cut(between)) {
        if (std::exchange(state.is_cut, false)) {
          release(between.first, between.second);
          release(between.second, between.first);
        }
      } else if (!std::exchange(state.is_cut, true)) {
        state.cut_since = now;
      } else if (now - state.cut_since >= silence_max) {
        end_link(between);
      }
    }
}

void simulated_network::follow(node_number number, follow_peers what) {
  for (const auto& [between, state] : links_)
    if (between.first == number || between.second == number)
      caf::anon_send(what.receiver,
        node_up{nodes_.at(between.first == number ? between.second : between.first).who});
  nodes_.at(number).followers.push_back(std::move(what));
}

void simulated_network::send(node_number from, peer_send what) {
  const auto to = std::ranges::find_if(
    nodes_, [&](const auto& each) { return each.second.who.store == what.to; });
  if (to == nodes_.end() || !are_linked(from, to->first))
    return;
  if (cuts_.contains({from, to->first}))
    held_[{from, to->first}].push_back(std::move(what));
  else
    deliver(from, to->first, std::move(what));
}

void simulated_network::deliver(node_number from, node_number to, peer_send what) {
  for (const follow_peers& each : nodes_.at(to).followers)
    if (std::ranges::find(each.channels, what.channel) != each.channels.end())
      caf::anon_send(each.receiver,
        peer_message{nodes_.at(from).who.store, what.channel, std::move(what.bytes)});
}

void simulated_network::release(node_number from, node_number to) {
  for (peer_send& each : std::exchange(held_[{from, to}], {}))
    deliver(from, to, std::move(each));
}

void simulated_network::begin_link(pair between) {
  apart_since_.erase(between);
  links_.emplace(between, link{});
  tell(between.first, node_up{nodes_.at(between.second).who});
  tell(between.second, node_up{nodes_.at(between.first).who});
}

void simulated_network::end_link(pair between) {
  links_.erase(between);
  held_.erase(between);
  held_.erase({between.second, between.first});
  const char* const why = "not heard any more";
  tell(between.first, node_down{nodes_.at(between.second).who, why});
  tell(between.second, node_down{nodes_.at(between.first).who, why});
}

template <class News>
void simulated_network::tell(node_number number, const News& news) {
  for (const follow_peers& each : nodes_.at(number).followers)
    caf::anon_send(each.receiver, news);
}

} // namespace aiex::testing
