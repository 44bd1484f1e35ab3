// What two nodes of a mesh exchange messages about, and how much of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace aiex {

/// Who a message is for, at both ends.
enum class peer_channel : std::uint8_t {
  consensus = 1, ///< The members' cores.
  store = 2,     ///< Appends and changes on their way to the leader, and their answers.
};

/// What does not fit any more closes the link: who sends keeps less under way.
inline constexpr std::size_t peer_queue_bytes_max = 64 << 20;

/// The largest message: of several frames.
inline constexpr std::size_t peer_message_bytes_max = 18 << 20;

/// A node that may or may not be there.
struct known_node {
  std::string name{}; ///< Empty: not known yet.
  std::string address{};

  bool operator==(const known_node&) const = default;
};

/// One that is to be linked, and is not.
struct unreached_node {
  std::string name{}; ///< Empty: not known yet.
  std::string address{};
  std::uint32_t failures = 0; ///< In a row.
  std::string why{};          ///< The last of them, for people.
};

} // namespace aiex
