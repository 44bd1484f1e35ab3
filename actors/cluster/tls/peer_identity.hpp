// Who is at the other end of a link: what its certificate says, as a plain value.
//
//   aiex:node/bank-1                  a node of this name
//   aiex:client/ada?role=reader       a client and what it may do
//
// Stands in the certificate as its one URI of the scheme "aiex".
#pragma once

#include "aiex/actors/cluster/caller_role.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aiex {

enum class peer_kind : std::uint8_t {
  local,  ///< A plain link on the loopback: nobody has proved anything.
  node,   ///< Its name is the node's.
  client, ///< With a role.
};

struct peer_identity {
  peer_kind kind = peer_kind::local;
  std::string name{};                        ///< Empty: local.
  caller_role role = caller_role::observing; ///< Of a client.

  bool operator==(const peer_identity&) const = default;
};

/// Begins the URIs of all identities.
inline constexpr std::string_view identity_scheme = "aiex:";

/// 1 to limits::node_name_bytes_max letters, digits, '-', '_' and '.'.
bool is_peer_name(std::string_view text) noexcept;

/// Precondition: not local, and the name is one.
std::string to_uri(const peer_identity& who);

/// Nothing for any other text: an identity is written in one way only.
std::optional<peer_identity> identity_of_uri(std::string_view uri);

/// "node bank-1", "client ada (reader)", "a local client".
std::string to_string(const peer_identity& who);

} // namespace aiex
