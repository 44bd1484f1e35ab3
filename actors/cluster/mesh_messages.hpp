// What the mesh, which links a node with every other one, and the actors of its node say to each
// other. None of it leaves the process.
#pragma once

#include "aiex/actors/cluster/peer_channel.hpp"
#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/uuid.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// A node at the other end of a link, in one of its lives.
struct peer_node {
  uuid store{};                  ///< Its member id: that of its data folder.
  std::string name{};            ///< Two nodes of one name are never linked at once.
  std::string address{};         ///< Where it listens: "10.0.0.1:4100".
  std::uint64_t incarnation = 0; ///< Another one after each start.
  caf::actor mesh{};             ///< Its mesh: ends, for us, with the link.
};

/// To the mesh: from now on `receiver` is told `node_up` and `node_down`, those that are up at
/// once, and gets the messages of `channel`, which has one receiver. Forgotten when it ends.
struct follow_peers {
  caf::actor receiver{};
  std::vector<peer_channel> channels{};
};
struct node_up {
  peer_node who{};
};
struct node_down {
  peer_node who{};
  std::string why{};
};

/// To the mesh: for the node with this store. In order within a channel, urgent ones before others;
/// whole or not at all; between `node_up` and `node_down` none is lost. Without a link: dropped.
struct peer_send {
  uuid to{};
  peer_channel channel = peer_channel::consensus;
  bool is_urgent = false; ///< Heartbeats and votes.
  std::string bytes{};
};
/// From the mesh.
struct peer_message {
  uuid from{};
  peer_channel channel = peer_channel::consensus;
  std::string bytes{};
};

/// To the mesh: nodes it is to be linked with, besides those that its seeds know. Replaces what was
/// said before.
struct expect_nodes {
  std::vector<known_node> all{};
};

/// To the mesh: which nodes are up. Answered with `peers_up`.
struct list_peers {};
struct peers_up {
  std::vector<peer_node> all{};
};

/// To the mesh: who is dialled again and again, and why there is no link? Answered with
/// `nodes_unreached`.
struct list_unreached {};
struct nodes_unreached {
  std::vector<unreached_node> all{};
};

/// To the mesh: which actor of the node of this name has that name in its registry? Answered with
/// `found_remote`. Errors: not_found (no such actor) | unreachable (no link with that node, or it
/// has ended) | time_out | invalid_argument.
struct find_remote {
  std::string node{};
  std::string name{};
};
struct found_remote {
  result<caf::actor> outcome;
};

/// To the mesh: how long does it take to the node of this name and back? Answered with
/// `pinged_node`; nothing: no link with it, or no answer in time (OTP's pang).
struct ping_node {
  std::string name{};
};
struct pinged_node {
  std::optional<std::chrono::microseconds> round_trip{};
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::follow_peers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::node_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::node_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::peer_send)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::peer_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::expect_nodes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::list_peers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::peers_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::find_remote)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::found_remote)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::ping_node)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::pinged_node)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::list_unreached)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::nodes_unreached)
