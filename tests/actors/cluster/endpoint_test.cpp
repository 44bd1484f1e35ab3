#include "aiex/actors/cluster/endpoint.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

TEST_CASE("endpoint: reads and prints addresses with ports") {
  struct example {
    const char* text;
    endpoint expected;
    const char* printed;
    bool loopback;
  };
  const example table[] = {
    {"127.0.0.1:4100", {"127.0.0.1", 4100}, "127.0.0.1:4100", true},
    {"127.9.9.9:0", {"127.9.9.9", 0}, "127.9.9.9:0", true},
    {"localhost:65535", {"127.0.0.1", 65535}, "127.0.0.1:65535", true},
    {"[::1]:4100", {"::1", 4100}, "[::1]:4100", true},
    {"0.0.0.0:1", {"0.0.0.0", 1}, "0.0.0.0:1", false},
    {"10.1.2.3:4100", {"10.1.2.3", 4100}, "10.1.2.3:4100", false},
    {"[::]:4100", {"::", 4100}, "[::]:4100", false},
    {"[::ffff:127.0.0.1]:1", {"::ffff:127.0.0.1", 1}, "[::ffff:127.0.0.1]:1", false},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto read = parse_endpoint(row.text);
    REQUIRE(read);
    CHECK(*read == row.expected);
    CHECK(to_string(*read) == row.printed);
    CHECK(is_loopback(*read) == row.loopback);
  }
}

TEST_CASE("endpoint: refuses what is none, and says how to write one") {
  for (const char* text : {"", ":", "4100", "127.0.0.1", "127.0.0.1:", ":4100", "127.0.0.1:65536",
         "127.0.0.1:-1", "127.0.0.1:4100x", "127.0.0.1: 4100", "::1:4100", "[127.0.0.1]:4100",
         "[]:1", "node.example:4100"}) {
    CAPTURE(text);
    const auto read = parse_endpoint(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::invalid_argument);
    CHECK(read.error().message.find("127.0.0.1:4100") != std::string::npos);
  }
}

} // namespace
} // namespace aiex
