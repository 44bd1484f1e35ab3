// What CAF 0.17 says on a connection (BASP, version 3), as far as a guard must read it.
//
// A frame is a header of 32 bytes and the payload it announces; numbers are big endian:
//
//   0  operation   1  zero   2  zero   3  flags   4..7  bytes of payload
//   8..15  operation data (a message's id, or BASP's version)   16..23  source   24..31  receiver
//
// A node id on the wire is 32 bytes too: the atom "default", the process id, 20 bytes of the host.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aiex::basp {

inline constexpr std::size_t header_bytes = 32;
inline constexpr std::size_t node_id_bytes = 32;
inline constexpr std::uint64_t protocol_version = 3;

enum class operation : std::uint8_t {
  server_handshake = 0,
  client_handshake = 1,
  direct_message = 2,
  routed_message = 3,
  monitor_message = 4,
  down_message = 5,
  heartbeat = 6,
};

inline constexpr std::uint8_t named_receiver_flag = 1;
inline constexpr std::uint8_t select_connection_flag = 2;

struct header {
  std::uint8_t operation = 0; ///< As sent: may be no `basp::operation`.
  std::uint16_t padding = 0;
  std::uint8_t flags = 0;
  std::uint32_t payload_bytes = 0;
  std::uint64_t operation_data = 0;
  std::uint64_t source = 0;
  std::uint64_t receiver = 0;
};

/// Precondition: 32 bytes.
header read_header(std::string_view bytes) noexcept;

/// A number of up to 8 bytes, the highest byte first.
std::uint64_t big_endian(std::string_view bytes) noexcept;

using node_id = std::array<char, node_id_bytes>;

/// 32 bytes that CAF takes for a node: the right kind, a process id, a host. Nothing else is
/// accepted; CAF knows a second kind of node id, which aiex never uses.
bool is_node_id(std::string_view bytes) noexcept;

inline std::string_view view(const node_id& id) noexcept {
  return {id.data(), id.size()};
}

// message ids
bool is_request(std::uint64_t message_id) noexcept;
bool is_response(std::uint64_t message_id) noexcept;
inline constexpr std::uint64_t asynchronous = 0x1000'0000'0000'0000; ///< Neither of the two.

/// The atom that names CAF's spawn server: every CAF node asks for it after the handshake.
inline constexpr std::uint64_t spawn_server = 0x03dd'd66f'3376'adfb;

/// That question, the whole payload: an empty forwarding stack, then (sys, get, "info").
inline constexpr std::string_view spawn_server_question{
  "\x00\x00\x00\x14@<>+@atom+@atom+@str\x00\x00\x00\x00\x00\x3f\x8f\xb8"
  "\x00\x00\x00\x00\x00\x3e\xca\xb9\x04info",
  45};

/// What an error looks like whose context is empty: the end of a `down_message`.
inline constexpr std::size_t plain_error_bytes = 15;
inline constexpr std::string_view empty_message{"\x00\x00\x03@<>", 6};
inline constexpr std::string_view text_message{"\x00\x00\x08@<>+@str", 11};

} // namespace aiex::basp
