#include "aiexd/caller.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

const peer_identity ada{peer_kind::client, "ada", caller_role::reading};
const peer_identity bank{peer_kind::node, "bank-1"};

TEST_CASE("caller: who comes over which link") {
  CHECK(caller_over_link(ada, caller_role::admin)->role == caller_role::reading);
  CHECK(caller_over_link(ada, std::nullopt)->role == caller_role::reading);
  CHECK(caller_over_link(bank, std::nullopt)->role == caller_role::admin);
  CHECK(caller_over_link(peer_identity{}, caller_role::writing)->role == caller_role::writing);
  CHECK(caller_over_link(peer_identity{}, std::nullopt).error().code == errc::denied);
  CHECK(caller_over_link(std::nullopt, caller_role::admin).error().code == errc::denied);
}

TEST_CASE("caller: is told the role he has and the one he needs") {
  CHECK(check_role({ada, caller_role::reading}, "events", caller_role::reading));
  const auto refused = check_role({ada, caller_role::reading}, "restart", caller_role::operating);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::denied);
  CHECK(refused.error().message ==
        "restart needs the role operator, and ada has the role reader. \"aiex cert client\" makes "
        "a certificate with it");
  const auto local = check_role({{}, caller_role::observing}, "events", caller_role::reading);
  REQUIRE_FALSE(local);
  CHECK(local.error().message == "events needs the role reader, and a local client has the role "
                                 "observer. The node's --local-role gives it");
}

} // namespace
} // namespace aiex
