// The link: the only way in and out of a process, under CAF's middleman.
//
// CAF's own ports are not fit for strangers (see frame_guard.hpp), so listening and connecting go
// through here: own sockets, own deadlines, own limits, and a guard before CAF's broker, which
// then does its usual work. Built on CAF's installed headers only.
//
//   listens on loopback only, as long as links are not encrypted
//   a connection must complete its handshake within link_limits::handshake_deadline
//   connecting takes as long as told, never longer, and holds up nobody else
//   a dead peer is heard of by monitors: at once if it died, within the profile's
//   connection_timeout if it only fell silent
//   everything else that comes in: frame_guard.hpp
//
// A process ends well if the link goes before the actor system does.
#pragma once

#include "aiex/actors/cluster/endpoint.hpp"
#include "aiex/actors/cluster/link_limits.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace aiex {

class link {
public:
  /// The system's config was filled by `configure_node` or `configure_client` (profile.hpp).
  /// Ignores SIGPIPE for the process, unless a handler is installed.
  explicit link(caf::actor_system& system, link_limits limits = {});
  ~link();
  link(const link&) = delete;
  link& operator=(const link&) = delete;

  /// Publishes `gateway`: requests of the types of gateway_protocol.hpp reach it and nothing else.
  /// Returns the port, which the system chose if `where.port` is 0. Closes when `this` goes.
  ///
  ///   thread   any but an actor's
  ///   errors   denied (not loopback) | in_use | invalid_argument | io
  result<std::uint16_t> listen(const caf::actor& gateway, const endpoint& where);

  /// Connects, shakes hands and returns the actor published there. Monitor it: its end is the
  /// link's end. One connection to a node at a time.
  ///
  ///   deadline   for all of it, whatever the other side does
  ///   thread     any but an actor's: it blocks
  ///   errors     unreachable (nobody there, or no aiex node) | time_out | unknown_version |
  ///              in_use (there is a link to this node already) | invalid_argument | io
  result<caf::actor> connect(const endpoint& where, std::chrono::milliseconds deadline);

  /// The same from an actor, which is not held up: `then` runs in it. Not if it ends before.
  void connect(caf::event_based_actor* self, const endpoint& where,
    std::chrono::milliseconds deadline, std::function<void(result<caf::actor>)> then);

  /// Connections without and with a completed handshake. Any thread.
  std::size_t pending() const;
  std::size_t linked() const;

private:
  struct parts;
  std::shared_ptr<parts> parts_;
};

} // namespace aiex
