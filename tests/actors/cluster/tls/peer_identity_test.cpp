#include "aiex/actors/cluster/tls/peer_identity.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE("peer_identity: a URI and back") {
  struct example {
    peer_identity who;
    const char* uri;
    const char* words;
  };
  const example table[] = {
    {{peer_kind::node, "bank-1"}, "aiex:node/bank-1", "node bank-1"},
    {{peer_kind::client, "ada", caller_role::reading}, "aiex:client/ada?role=reader",
      "client ada (reader)"},
    {{peer_kind::client, "o.b_1", caller_role::operating}, "aiex:client/o.b_1?role=operator",
      "client o.b_1 (operator)"},
  };
  for (const auto& row : table) {
    CAPTURE(row.uri);
    CHECK(to_uri(row.who) == row.uri);
    CHECK(identity_of_uri(row.uri) == row.who);
    CHECK(to_string(row.who) == row.words);
  }
  CHECK(to_string(peer_identity{}) == "a local client");
}

TEST_CASE("peer_identity: nobody is named by anything else") {
  for (const char* uri : {"", "aiex:", "aiex:node/", "aiex:node/a/b", "aiex:node/a?role=admin",
         "aiex:node/a b", "aiex:Node/a", "AIEX:node/a", "aiex:client/ada",
         "aiex:client/?role=admin", "aiex:client/ada?role=", "aiex:client/ada?role=root",
         "aiex:client/ada?role=reader&role=admin", "aiex:client/ada?role=reader?role=admin",
         "aiex:client/a%64a?role=reader", "aiex:agent/ada", "https://example.org"}) {
    CAPTURE(uri);
    CHECK_FALSE(identity_of_uri(uri));
  }
  CHECK_FALSE(identity_of_uri("aiex:node/" + std::string(65, 'a')));
  CHECK(identity_of_uri("aiex:node/" + std::string(64, 'a')));
  CHECK_FALSE(is_peer_name(std::string("a\0b", 3)));
}

} // namespace
} // namespace aiex
