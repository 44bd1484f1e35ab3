// What a peer with a fine handshake may not do: most of it works against CAF's own port.
#pragma once

#include "support/basp_bytes.hpp"
#include "support/raw_peer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiex::test {

struct basp_attack {
  const char* name;
  /// The bytes: of a peer that has shaken hands as `me`.
  std::string (*attack)(const raw_peer& peer, const std::string& me, const std::string& other);
};

inline basp_frame message_to(const raw_peer& peer, std::uint64_t id, const std::string& payload) {
  return {.operation = 2, .data = id, .source = 3, .receiver = peer.gateway, .payload = payload};
}

/// To `test_gateway`, which answers with these words.
inline std::string proper_request(const raw_peer& peer, const std::string& words) {
  return message_to(peer, request_number(7),
    content("aiex::gateway_request",
      std::string("\x04") + "echo" + static_cast<char>(words.size()) + words + big_endian(0, 4)))
    .bytes();
}

inline const std::vector<basp_attack>& basp_attacks() {
  using text = std::string;
  static const std::vector<basp_attack> all{
    {"kills the gateway",
      [](const raw_peer& p, const text& me, const text&) {
        return message_to(p, basp::asynchronous,
          content("@exit",
            big_endian(3, 8) + me + "\x01" + big_endian(0x0fabdbb9, 8) + text(basp::empty_message)))
          .bytes();
      }},
    {"kills it by request",
      [](const raw_peer& p, const text& me, const text&) {
        return message_to(p, request_number(1),
          content("@exit",
            big_endian(3, 8) + me + "\x01" + big_endian(0x0fabdbb9, 8) + text(basp::empty_message)))
          .bytes();
      }},
    {"kills another actor",
      [](const raw_peer& p, const text& me, const text&) {
        auto frame = message_to(p, basp::asynchronous, content("@exit", big_endian(3, 8) + me));
        frame.receiver = 1;
        return frame.bytes();
      }},
    {"links itself with the gateway",
      [](const raw_peer& p, const text& me, const text&) {
        return message_to(p, basp::asynchronous,
          content("@atom+@strong_actor_ptr", big_endian(0, 8) + big_endian(3, 8) + me))
          .bytes();
      }},
    {"looks an actor up by name",
      [](const raw_peer& p, const text&, const text&) {
        auto frame =
          message_to(p, request_number(1), content("@atom+@atom", std::string(16, char{})));
        frame.flags = 1;
        frame.receiver = 0x33bb'7d9e'7d87'9c76;
        return frame.bytes();
      }},
    {"spawns an actor",
      [](const raw_peer&, const text&, const text&) {
        auto frame = spawn_server_question(3);
        frame.data = request_number(1);
        frame.payload = content("@atom+@str+@message+@strset", "x");
        return frame.bytes();
      }},
    {"has a message routed",
      [](const raw_peer& p, const text& me, const text& other) {
        auto frame =
          message_to(p, request_number(1), me + other + content("aiex::gateway_request", "x"));
        frame.operation = 3;
        return frame.bytes();
      }},
    {"speaks for another node",
      [](const raw_peer& p, const text&, const text& other) {
        return down(other, p.server_node, 3).bytes();
      }},
    {"forges a response",
      [](const raw_peer& p, const text&, const text&) {
        return message_to(p, response_number(1), content("aiex::gateway_reply", "x")).bytes();
      }},
    {"monitors another actor", [](const raw_peer& p, const text& me,
                                 const text&) { return monitor(me, p.server_node, 1).bytes(); }},
    {"shakes hands as a server",
      [](const raw_peer&, const text& me, const text&) {
        return server_handshake(me, "aiex/1", 1).bytes();
      }},
    {"shakes hands a third time", [](const raw_peer&, const text& me,
                                    const text&) { return client_handshake(me, true).bytes(); }},
    {"sends an anonymous message",
      [](const raw_peer& p, const text&, const text&) {
        return message_to(p, basp::asynchronous, content("aiex::gateway_request", "x")).bytes();
      }},
    {"sends a type that is not listed",
      [](const raw_peer& p, const text&, const text&) {
        return message_to(p, request_number(2), content("@str", "x")).bytes();
      }},
    {"sends an operation that is none",
      [](const raw_peer&, const text&, const text&) { return basp_frame{.operation = 8}.bytes(); }},
    {"sends a heartbeat that carries something",
      [](const raw_peer&, const text&, const text&) {
        return basp_frame{.operation = 7, .payload = "x"}.bytes();
      }},
    {"announces a gibibyte",
      [](const raw_peer& p, const text&, const text&) {
        return message_to(p, request_number(3), {}).header(1U << 30);
      }},
  };
  return all;
}

} // namespace aiex::test
