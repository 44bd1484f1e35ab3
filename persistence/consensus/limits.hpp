// What bounds a core, and what it is told when it begins.
#pragma once

#include "aiex/persistence/base/uuid.hpp"

#include <cstddef>
#include <cstdint>

namespace aiex::consensus {

using member_id = uuid; ///< A member is its store id. Nil: nobody.

/// Times are ticks of the driver, 50 ms proposed.
struct core_options {
  member_id self{};
  uuid history{};
  std::uint32_t heartbeat_ticks = 1;
  std::uint32_t election_ticks = 10; ///< An election begins after one to two times as many.
  bool pre_vote = true;              ///< False only in tests that show what it is for.
  bool check_quorum = true;          ///< The same.
};

namespace limits {

// one message
inline constexpr std::size_t entries_bytes_per_message = 192
                                                         << 10; ///< One larger entry goes alone.
inline constexpr std::size_t entries_per_message = 256;
inline constexpr std::size_t message_bytes_max = 17 << 20;

// under way to one peer
inline constexpr std::size_t requests_in_flight = 32;
inline constexpr std::size_t bytes_in_flight = 4 << 20; ///< Exceeded by one message at most.

// what waits
inline constexpr std::size_t unsynced_bytes = 24 << 20; ///< Proposed here, not durable here.
inline constexpr std::size_t uncommitted_bytes = 64 << 20;
inline constexpr std::size_t uncommitted_entries = 256;
inline constexpr std::size_t follower_unsynced_bytes = 24 << 20; ///< More is sent again later.
inline constexpr std::size_t waiting_answers = 1'024;            ///< Peers ask again.
inline constexpr std::size_t reads_waiting = 4'096;

// members
inline constexpr std::size_t members = 16;
inline constexpr std::size_t voters = 9;
inline constexpr std::size_t address_bytes = 255;

// damage
inline constexpr std::size_t damaged_entries = 1'024;
inline constexpr std::size_t fetch_bytes = 1 << 20;

inline constexpr std::size_t term_runs = 65'536;

} // namespace limits

} // namespace aiex::consensus
