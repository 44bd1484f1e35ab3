// What may come in on one link, as plain data. `frame_guard` keeps it.
#pragma once

#include "aiex/actors/cluster/basp_wire.hpp"
#include "aiex/actors/cluster/link_limits.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiex {

enum class link_side : std::uint8_t {
  accepted, ///< They connected: requests for the gateway come in.
  opened,   ///< We connected: responses to our requests come in.
};

/// Who is at the other end.
enum class link_trust : std::uint8_t {
  client, ///< Anybody: what its side allows.
  node,   ///< A node of our mesh: its actors may say anything to ours.
};

struct link_rules {
  link_side side = link_side::accepted;
  basp::node_id self{};      ///< Ours, as it goes over the wire.
  std::uint64_t gateway = 0; ///< Accepted links: the one actor that may be addressed.
  std::string protocol;      ///< CAF's application identifier; opened links compare it.

  /// CAF's names of the message types that may come in ("aiex::gateway_request", "@error").
  std::vector<std::string> types;

  std::size_t message_bytes_max = gateway_request_bytes_max + frame_overhead_bytes;
  std::size_t sources_max = link_limits{}.sources_max;

  link_trust trust = link_trust::client; ///< Of an accepted link it may be raised later.
  std::size_t node_message_bytes_max = link_limits{}.node_message_bytes_max + frame_overhead_bytes;
  std::size_t node_sources_max = link_limits{}.node_sources_max;
};

} // namespace aiex
