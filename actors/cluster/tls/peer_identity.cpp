#include "aiex/actors/cluster/tls/peer_identity.hpp"

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/limits.hpp"

#include <algorithm>

namespace aiex {

namespace {

constexpr std::string_view node_path = "aiex:node/";
constexpr std::string_view client_path = "aiex:client/";
constexpr std::string_view role_query = "?role=";

bool is_name_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

} // namespace

bool is_peer_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= limits::node_name_bytes_max &&
         std::all_of(text.begin(), text.end(), is_name_letter);
}

std::string to_uri(const peer_identity& who) {
  invariant(who.kind != peer_kind::local && is_peer_name(who.name), "to_uri: no identity");
  if (who.kind == peer_kind::node)
    return std::string{node_path} + who.name;
  return std::string{client_path} + who.name + std::string{role_query} +
         std::string{name(who.role)};
}

std::optional<peer_identity> identity_of_uri(std::string_view uri) {
  peer_identity who;
  if (uri.starts_with(node_path)) {
    who.kind = peer_kind::node;
    who.name = uri.substr(node_path.size());
  } else if (uri.starts_with(client_path)) {
    const std::string_view rest = uri.substr(client_path.size());
    const auto query = rest.find(role_query);
    if (query == std::string_view::npos)
      return std::nullopt;
    const auto role = role_named(rest.substr(query + role_query.size()));
    if (!role)
      return std::nullopt;
    who = {peer_kind::client, std::string{rest.substr(0, query)}, *role};
  }
  return is_peer_name(who.name) ? std::optional{who} : std::nullopt;
}

std::string to_string(const peer_identity& who) {
  switch (who.kind) {
  case peer_kind::local: return "a local client";
  case peer_kind::node: return "node " + who.name;
  case peer_kind::client: return "client " + who.name + " (" + std::string{name(who.role)} + ")";
  }
  return "nobody";
}

} // namespace aiex
