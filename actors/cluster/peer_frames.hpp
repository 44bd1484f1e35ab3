// What the meshes of two linked nodes send each other, each in one `frame`.
//
//   1 part        channel u8, marks u8 (1 urgent, 2 first, 4 last), if first: varint bytes of the
//                 whole message; the rest is the part's bytes
//   2 ack         varint: bytes of parts that were taken since the link began
//   3 heartbeat   varint: milliseconds since the sender last heard the receiver
//   4 introduce   varint count, then name and address of each: nodes the sender is linked with
//   5 ping        u64 number
//   6 pong        u64 number: of the ping
//
// Pure. A frame comes from elsewhere: nothing in it is believed.
#pragma once

#include "aiex/actors/cluster/peer_channel.hpp"
#include "aiex/persistence/base/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aiex {

/// In one frame.
inline constexpr std::size_t introduced_max = 1'024;

/// No node has been silent for longer.
inline constexpr std::chrono::milliseconds silence_max{86'400'000};

struct peer_part {
  peer_channel channel = peer_channel::consensus;
  bool is_urgent = false;
  bool is_first = false;
  bool is_last = false;
  std::uint64_t message_bytes = 0; ///< Of the whole message; 0 if it is not the first part.
  std::string_view bytes{};        ///< In the frame.

  bool operator==(const peer_part&) const = default;
};
struct peer_ack {
  std::uint64_t bytes = 0;

  bool operator==(const peer_ack&) const = default;
};
struct peer_heartbeat {
  std::chrono::milliseconds silence{};

  bool operator==(const peer_heartbeat&) const = default;
};
struct peer_introduction {
  std::vector<known_node> all{};

  bool operator==(const peer_introduction&) const = default;
};
struct peer_ping {
  std::uint64_t number = 0;

  bool operator==(const peer_ping&) const = default;
};
struct peer_pong {
  std::uint64_t number = 0;

  bool operator==(const peer_pong&) const = default;
};
using peer_frame =
  std::variant<peer_part, peer_ack, peer_heartbeat, peer_introduction, peer_ping, peer_pong>;

/// Bytes of a frame besides those of its part, at most.
inline constexpr std::size_t part_overhead_bytes = 16;

std::string encode(const peer_frame& frame);

/// A part refers to `bytes`. Errors: invalid_argument: which rule it breaks.
result<peer_frame> decode_peer_frame(std::string_view bytes);

} // namespace aiex
