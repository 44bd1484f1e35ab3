// Who asks a node, and what he may.
#pragma once

#include "aiex/actors/cluster/caller_role.hpp"
#include "aiex/actors/cluster/tls/peer_identity.hpp"
#include "aiex/actors/runtime/gateway_protocol.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace aiex {

struct caller {
  peer_identity who{};
  caller_role role = caller_role::admin;

  bool operator==(const caller&) const = default;
};

/// Who comes over a link: a client has the role of its certificate, a node's certificate has them
/// all, and a plain link the role that the node's settings give to local ones. Errors: denied
/// (nothing is known of the link; or local ones have no role).
result<caller> caller_over_link(
  const std::optional<peer_identity>& who, std::optional<caller_role> local_role);

/// Errors: denied, with the role that he has and the one that is needed.
result<void> check_role(const caller& who, std::string_view verb, caller_role needs);

/// From the door to the gateway. Does not leave the process: over a link nobody says who he is.
struct caller_request {
  caller from{};
  gateway_request asked{};
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::caller_request)
