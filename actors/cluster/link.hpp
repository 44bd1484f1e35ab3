// The link: the only way in and out of a process, under CAF's middleman.
//
// CAF's own ports are not fit for strangers (see frame_guard.hpp), so listening and connecting go
// through here: own sockets, own deadlines, own limits, and a guard before CAF's broker, which
// then does its usual work. Built on CAF's installed headers only.
//
//   with certificates: TLS 1.3, both sides show one of the cluster's authority, and who is not
//   believed any more is cut off; without: loopback only
//   a connection must complete its handshake within link_limits::handshake_deadline
//   connecting takes as long as told, never longer, and holds up nobody else
//   a dead peer is heard of by monitors: at once if it died, within the profile's
//   connection_timeout if it only fell silent
//   everything else that comes in: frame_guard.hpp
//
// A process ends well if the link goes before the actor system does.
#pragma once

#include "aiex/actors/cluster/endpoint.hpp"
#include "aiex/actors/cluster/link_breach.hpp"
#include "aiex/actors/cluster/link_limits.hpp"
#include "aiex/actors/cluster/tls/credentials.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace aiex {

struct link_parts;

/// What a mesh of nodes does with a link. Copies are of the same link, and may outlive it.
class node_links {
public:
  /// Without a link, as a place that is never used.
  node_links() = default;
  explicit node_links(std::shared_ptr<link_parts> parts) : parts_(std::move(parts)) {}

  /// As `link::connect`, to a node: its actors may say anything to ours from the beginning. The
  /// actor published there is to be sent a `node_hello`. Thread: `self`'s.
  void connect(caf::event_based_actor* self, const endpoint& where,
    std::chrono::milliseconds deadline, std::function<void(result<caf::actor>)> then) const;

  /// The connection with `who` is one to the node of this name: from now on its actors may say
  /// anything to ours. Also if we have connected. Any thread.
  ///
  ///   errors   not_found (no link any more) | denied (it cannot prove that it has this name)
  result<void> admit_node(const caf::node_id& who, std::string_view name) const;

  /// Closes the connection with `who`, if there is one. CAF's actors behind it end. Any thread.
  void close(const caf::node_id& who) const;

  /// Closes all connections with nodes, also those that are only being made: a mesh begins anew.
  void close_all() const;

private:
  std::shared_ptr<link_parts> parts_;
};

class link {
public:
  /// The system's config was filled by `configure_node` or `configure_client` (profile.hpp).
  /// Ignores SIGPIPE for the process, unless a handler is installed. With `own` all links are
  /// encrypted; its files are looked at again every `certificates_look`, and `warn` is told, from
  /// any thread, what is wrong with them.
  explicit link(caf::actor_system& system, link_limits limits = {},
    std::shared_ptr<tls_credentials> own = {}, std::function<void(const std::string&)> warn = {});
  ~link();
  link(const link&) = delete;
  link& operator=(const link&) = delete;

  /// Publishes `gateway`: requests of the types of gateway_protocol.hpp and node_protocol.hpp
  /// reach it and nothing else, until a mesh admits who sends.
  /// Returns the port, which the system chose if `where.port` is 0. Closes when `this` goes.
  ///
  ///   thread   any but an actor's
  ///   errors   denied (not loopback, without certificates) | in_use | invalid_argument | io
  result<std::uint16_t> listen(const caf::actor& gateway, const endpoint& where);

  /// Connects, shakes hands and returns the actor published there. Monitor it: its end is the
  /// link's end. One connection to a node at a time.
  ///
  ///   deadline   for all of it, whatever the other side does
  ///   thread     any but an actor's: it blocks
  ///   errors     unreachable (nobody there, or no aiex node) | time_out | unknown_version |
  ///              in_use (there is a link to this node already) | already_exists (that is this
  ///              process itself) | invalid_argument | io | denied (a certificate: theirs, or ours
  ///              to them)
  result<caf::actor> connect(const endpoint& where, std::chrono::milliseconds deadline);

  /// The same from an actor, which is not held up: `then` runs in it. Not if it ends before.
  void connect(caf::event_based_actor* self, const endpoint& where,
    std::chrono::milliseconds deadline, std::function<void(result<caf::actor>)> then);

  /// Connections without and with a completed handshake. Any thread.
  std::size_t pending() const;
  std::size_t linked() const;

  /// How many were closed for this breach. Any thread.
  std::uint64_t closed_for(link_breach breach) const;

  /// Tells who a node at the other end of a link has proved to be: local if links are plain;
  /// nothing if there is no link to it. Any thread; outlives the link.
  using find_peer = std::function<std::optional<peer_identity>(const caf::node_id&)>;
  find_peer peers() const;

  /// For a mesh of nodes. Any thread.
  node_links nodes() const { return node_links{parts_}; }

private:
  std::shared_ptr<link_parts> parts_;
};

} // namespace aiex
