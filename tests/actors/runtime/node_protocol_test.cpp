#include "aiex/actors/runtime/node_protocol.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

uuid filled(std::uint8_t byte) {
  uuid id;
  id.bytes.fill(byte);
  return id;
}

const node_card full{filled(1), "n1", filled(2), 77, "10.0.0.1:4100"};

TEST_CASE("node_protocol: a card comes back as it was") {
  const auto read = decode_node_card(encode(full));
  REQUIRE(read);
  CHECK(*read == full);
}

TEST_CASE("node_protocol: a card that is cut anywhere, or longer, is refused") {
  const std::string bytes = encode(full);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(decode_node_card(std::string_view{bytes}.substr(0, size)));
  CHECK_FALSE(decode_node_card(bytes + "x"));
}

TEST_CASE("node_protocol: a card says everything, and nothing too long") {
  struct example {
    const char* name;
    node_card card;
    bool good;
  };
  const auto with = [](auto change) {
    node_card card = full;
    change(card);
    return card;
  };
  const example table[] = {
    {"full", full, true},
    {"no cluster", with([](auto& c) { c.cluster = {}; }), false},
    {"no store", with([](auto& c) { c.store = {}; }), false},
    {"no name", with([](auto& c) { c.name.clear(); }), false},
    {"the longest name", with([](auto& c) { c.name.assign(node_name_bytes_max, 'n'); }), true},
    {"a longer name", with([](auto& c) { c.name.assign(node_name_bytes_max + 1, 'n'); }), false},
    {"no address", with([](auto& c) { c.address.clear(); }), false},
    {"too long an address",
      with([](auto& c) { c.address.assign(node_address_bytes_max + 1, 'a'); }), false},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    CHECK(decode_node_card(encode(row.card)).has_value() == row.good);
  }
}

} // namespace
} // namespace aiex
