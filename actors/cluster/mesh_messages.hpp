// What the mesh, which links a node with every other one, and the actors of its node say to each
// other. None of it leaves the process.
#pragma once

#include "aiex/persistence/base/uuid.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <cstdint>
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

/// Who a message is for, at both ends.
enum class peer_channel : std::uint8_t {
  consensus = 1, ///< The members' cores.
  store = 2,     ///< Appends and changes on their way to the leader, and their answers.
};

/// What does not fit any more closes the link: who sends keeps less under way.
inline constexpr std::size_t peer_queue_bytes_max = 64 << 20;

/// The largest message: of several frames.
inline constexpr std::size_t peer_message_bytes_max = 18 << 20;

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
struct known_node {
  std::string name{};
  std::string address{};
};
struct expect_nodes {
  std::vector<known_node> all{};
};

/// To the mesh: which nodes are up. Answered with `peers_up`.
struct list_peers {};
struct peers_up {
  std::vector<peer_node> all{};
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
