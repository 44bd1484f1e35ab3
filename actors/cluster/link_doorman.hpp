// Accepts connections at one port: each gets a guard and a deadline before CAF hears of it.
#pragma once

#include "aiex/actors/cluster/link_book.hpp"
#include "aiex/actors/cluster/link_rules.hpp"
#include "aiex/actors/cluster/tcp.hpp"
#include "aiex/actors/cluster/tls/credentials.hpp"

#include <caf/actor.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/doorman_impl.hpp>

#include <memory>

namespace aiex {

class link_doorman final : public caf::io::network::doorman_impl {
public:
  /// `watch` hears `caf::tick_atom` when a connection begins to wait for its handshake. Without
  /// `own` connections are plain.
  link_doorman(caf::io::network::default_multiplexer& multiplexer, tcp_socket socket,
    link_rules rules, link_limits limits, std::shared_ptr<link_book> book, caf::actor watch,
    std::shared_ptr<const tls_credentials> own = {});

  bool new_connection() override;

private:
  link_rules rules_;
  link_limits limits_;
  std::shared_ptr<link_book> book_;
  caf::actor watch_;
  std::shared_ptr<const tls_credentials> own_;
};

} // namespace aiex
