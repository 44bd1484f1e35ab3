// Our side of a TLS link that we begin: the handshake, and whether it is whom we meant.
#pragma once

#include "aiex/actors/cluster/endpoint.hpp"
#include "aiex/actors/cluster/tls/credentials.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace aiex {

/// Shakes hands on a connected socket that does not block. The other side has to be a node; with
/// `expected` that one. A node whose certificate has addresses must have been dialled by one of
/// them, or on the loopback, where nobody else listens than this machine.
///
///   deadline   for all of it
///   thread     any but an actor's: it waits
///   errors     denied (whose certificate is of no use, or who does not take ours) | time_out |
///              unreachable (no TLS there, or closed)
result<std::unique_ptr<tls_channel>> dial_tls(const tls_credentials& own, int fd,
  const endpoint& where, const std::optional<std::string>& expected,
  std::chrono::milliseconds deadline);

/// What to tell who has dialled, of a breach that TLS found.
error tls_refusal(const endpoint& where, link_breach breach);

/// Whether TLS found it.
bool is_of_tls(link_breach breach) noexcept;

} // namespace aiex
