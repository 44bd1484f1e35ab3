// A node and a client in one process, on real sockets.
#pragma once

#include "aiex/actors/cluster/link.hpp"
#include "aiex/actors/runtime/profile.hpp"

#include "support/eventually.hpp"
#include "support/test_gateway.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <utility>

namespace aiex::test {

struct node_config : caf::actor_system_config {
  node_config() { REQUIRE(configure_node(*this, {.workers = 2})); }
};

struct client_config : caf::actor_system_config {
  client_config() { REQUIRE(configure_client(*this)); }
};

/// A node whose gateway is `test_gateway`.
class link_node {
public:
  explicit link_node(link_limits limits = {}, std::uint32_t protocol = gateway_protocol,
    std::shared_ptr<tls_credentials> own = {})
      : link(system, limits, std::move(own)),
        gateway(system.spawn<caf::hidden>(test_gateway, protocol)) {
    auto listening = link.listen(gateway, {"127.0.0.1", 0});
    REQUIRE(listening);
    port = *listening;
  }
  ~link_node() { caf::anon_send_exit(gateway, caf::exit_reason::kill); }

  endpoint where() const { return {"127.0.0.1", port}; }

private:
  node_config config_;

public:
  caf::actor_system system{config_};
  aiex::link link;
  caf::actor gateway;
  std::uint16_t port = 0;
};

/// A client with actors of its own, as another node would be.
class link_peer {
private:
  client_config config_;

public:
  explicit link_peer(std::shared_ptr<tls_credentials> own = {})
      : link(system, {}, std::move(own)) {}

  caf::actor_system system{config_};
  aiex::link link;

  /// Asks once; the reply's body, or nothing.
  std::optional<std::string> ask(const caf::actor& gateway, std::string verb, std::string arguments,
    std::chrono::milliseconds deadline = patience) {
    caf::scoped_actor self{system, true};
    std::optional<std::string> body;
    self->request(gateway, deadline, gateway_request{std::move(verb), std::move(arguments)})
      .receive(
        [&](gateway_reply& reply) { body = std::move(reply.body); }, [](const caf::error&) {});
    return body;
  }

  /// Waits for the end of the actor. False if it did not come.
  bool sees_end(const caf::actor& watched, std::chrono::milliseconds within = patience) {
    caf::scoped_actor self{system, true};
    self->monitor(watched);
    bool ended = false;
    self->receive([&](const caf::down_msg&) { ended = true; }, caf::after(within) >> [] {});
    return ended;
  }
};

} // namespace aiex::test
