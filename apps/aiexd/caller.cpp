#include "aiexd/caller.hpp"

#include <fmt/format.h>

namespace aiex {

result<caller> caller_over_link(
  const std::optional<peer_identity>& who, std::optional<caller_role> local_role) {
  if (!who)
    return fail(errc::denied, "the link this came over has ended; connect again");
  switch (who->kind) {
  case peer_kind::client: return caller{*who, who->role};
  case peer_kind::node: return caller{*who, caller_role::admin};
  case peer_kind::local: break;
  }
  if (local_role)
    return caller{*who, *local_role};
  return fail(errc::denied,
    "this node answers nobody without a certificate (its local_role is none); ask a node that has "
    "certificates, or start this one with another --local-role");
}

result<void> check_role(const caller& who, std::string_view verb, caller_role needs) {
  if (includes(who.role, needs))
    return {};
  const std::string_view what_to_do = who.who.kind == peer_kind::local
                                        ? "The node's --local-role gives it"
                                        : "\"aiex cert client\" makes a certificate with it";
  return fail(
    errc::denied, fmt::format("{} needs the role {}, and {} has the role {}. {}", verb, name(needs),
                    who.who.kind == peer_kind::local ? "a local client" : who.who.name,
                    name(who.role), what_to_do));
}

} // namespace aiex
