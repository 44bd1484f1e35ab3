#include "aiex/actors/runtime/gateway_protocol.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE("gateway_protocol: an error comes back as it went") {
  const error sent{errc::wrong_expected_version, "expected 7, stream is at 9", 9};
  const auto received = to_result(reply_with(sent));
  REQUIRE_FALSE(received);
  CHECK(received.error() == sent);
}

TEST_CASE("gateway_protocol: a body comes back as it went") {
  auto reply = reply_with(R"({"position":1})");
  reply.next = "17";
  const auto received = to_result(reply);
  REQUIRE(received);
  CHECK(*received == reply);
}

TEST_CASE("gateway_protocol: what does not fit is refused before it is sent") {
  CHECK(check_size({"v", std::string(gateway_request_bytes_max - 1, 'x')}));
  const auto large = check_size({"v", std::string(gateway_request_bytes_max, 'x')});
  REQUIRE_FALSE(large);
  CHECK(large.error().code == errc::data_too_large);
  for (const auto& verb : {std::string{}, std::string(verb_bytes_max + 1, 'v')}) {
    const auto refused = check_size({verb, "{}"});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::invalid_argument);
  }
}

TEST_CASE("gateway_protocol: a reply that is too large becomes one that says so") {
  auto reply = reply_with(std::string(gateway_reply_bytes_max - 3, 'x'));
  reply.next = "abc";
  CHECK(within_limits(reply) == reply);
  reply.next += "d";
  const auto received = to_result(within_limits(reply));
  REQUIRE_FALSE(received);
  CHECK(received.error().code == errc::data_too_large);
}

} // namespace
} // namespace aiex
