// What one link, and all of them together, may cost.
#pragma once

#include "aiex/actors/runtime/gateway_protocol.hpp"

#include <chrono>
#include <cstddef>

namespace aiex {

/// A frame carries a message's texts and, beside them, BASP's header, the type's name, lengths.
inline constexpr std::size_t frame_overhead_bytes = 1'024;

/// Memory that the other sides can make us hold: links_max times (one request and two send
/// buffers) at worst. Smaller machines set smaller numbers.
struct link_limits {
  std::size_t request_bytes_max = gateway_request_bytes_max;
  std::size_t reply_bytes_max = gateway_reply_bytes_max;

  std::size_t links_max = 256;  ///< With a handshake; the next one is closed at once.
  std::size_t pending_max = 64; ///< Without a handshake yet; the next one closes the oldest.
  std::chrono::milliseconds handshake_deadline{2'000}; ///< Then a pending connection is closed.

  std::chrono::milliseconds certificates_look{2'000}; ///< How often their files are looked at.

  std::size_t sources_max = 1'024;              ///< Living actors at the other end of one link.
  std::size_t node_sources_max = 65'536;        ///< The same if a node is there.
  std::size_t node_message_bytes_max = 1 << 20; ///< A message from an actor of another node.
  std::size_t send_buffer_bytes_max = 32 << 20; ///< Unsent to one peer; then it is closed.
  std::chrono::milliseconds unread_max{10'000}; ///< A peer that takes no byte so long is closed.
};

} // namespace aiex
