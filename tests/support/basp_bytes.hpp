// Frames as a CAF node writes them, and as an enemy does.
#pragma once

#include "aiex/actors/cluster/basp_wire.hpp"
#include "aiex/actors/cluster/link_rules.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace aiex::test {

inline std::string big_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text += static_cast<char>(value >> shift);
  return text;
}

struct basp_frame {
  std::uint8_t operation = 6;
  std::uint8_t flags = 0;
  std::uint64_t data = 0;
  std::uint64_t source = 0;
  std::uint64_t receiver = 0;
  std::string payload{};

  std::string header(std::uint32_t payload_bytes) const {
    return std::string(1, static_cast<char>(operation)) + std::string(2, '\0') +
           static_cast<char>(flags) + big_endian(payload_bytes, 4) + big_endian(data, 8) +
           big_endian(source, 8) + big_endian(receiver, 8);
  }
  std::string bytes() const { return header(static_cast<std::uint32_t>(payload.size())) + payload; }
};

/// A node id CAF accepts; different for different numbers.
inline std::string node_named(std::uint32_t number) {
  return std::string("\x00\x00\x3e\x9a\xab\x9b\xac\x79", 8) + big_endian(number, 4) +
         std::string(20, 'h');
}

inline basp::node_id node_id_of(std::string_view bytes) {
  basp::node_id id{};
  bytes.copy(id.data(), id.size());
  return id;
}

inline basp_frame client_handshake(const std::string& node, bool select = false) {
  return {.operation = 1, .flags = static_cast<std::uint8_t>(select ? 2 : 0), .payload = node};
}

inline basp_frame server_handshake(
  const std::string& node, const std::string& protocol, std::uint64_t actor) {
  return {.operation = 0,
    .data = 3,
    .payload = node + "\x01" + static_cast<char>(protocol.size()) + protocol +
               big_endian(actor, 8) + std::string(1, '\0')};
}

/// The payload of a message whose values are of these types ("aiex::frame", "@atom+@str").
inline std::string content(const std::string& types, const std::string& values) {
  const std::string name = "@<>+" + types;
  return std::string(3, '\0') + static_cast<char>(name.size()) + name + values;
}

inline constexpr std::uint64_t request_number(std::uint64_t number) {
  return basp::asynchronous | number;
}
inline constexpr std::uint64_t response_number(std::uint64_t number) {
  return 0x9000'0000'0000'0000 | number;
}

inline basp_frame spawn_server_question(std::uint64_t source) {
  return {.operation = 2,
    .flags = 1,
    .data = basp::asynchronous,
    .source = source,
    .receiver = basp::spawn_server,
    .payload = std::string(basp::spawn_server_question)};
}

inline basp_frame monitor(const std::string& from, const std::string& to, std::uint64_t actor) {
  return {.operation = 4, .receiver = actor, .payload = from + to};
}

/// An actor's end, for "user_shutdown" and without context.
inline basp_frame down(const std::string& from, const std::string& to, std::uint64_t actor) {
  return {.operation = 5,
    .source = actor,
    .payload = from + to + "\x04" + big_endian(0x0fabdbb9, 8) + std::string(basp::empty_message)};
}

} // namespace aiex::test
