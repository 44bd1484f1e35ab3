// The actors of a node that follow its mesh.
#pragma once

#include "aiex/actors/cluster/mesh_messages.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>

#include <map>
#include <utility>

namespace aiex {

/// Thread: the mesh's.
class mesh_followers {
public:
  explicit mesh_followers(caf::event_based_actor* self) : self_(self) {}

  /// False if it follows already; its channels are added.
  bool add(const follow_peers& wish) {
    for (const peer_channel each : wish.channels)
      receivers_[each] = wish.receiver;
    const bool is_new = all_.emplace(wish.receiver.address(), wish.receiver).second;
    if (is_new)
      self_->monitor(wish.receiver);
    return is_new;
  }

  void forget(const caf::actor_addr& who) {
    all_.erase(who);
    std::erase_if(receivers_, [&](const auto& each) { return each.second.address() == who; });
  }

  template <class News>
  void tell(const News& news) {
    for (const auto& [address, each] : all_)
      self_->send(each, news);
  }

  /// To who receives this channel, if anybody does.
  void deliver(peer_message what) {
    if (const auto found = receivers_.find(what.channel); found != receivers_.end())
      self_->send(found->second, std::move(what));
  }

private:
  caf::event_based_actor* self_;
  std::map<caf::actor_addr, caf::actor> all_;
  std::map<peer_channel, caf::actor> receivers_;
};

} // namespace aiex
