// The places of an entry's parts, shared by the one who writes and the one who reads.
#pragma once

#include <cstddef>
#include <cstdint>

namespace aiex::entry_layout {

inline constexpr std::uint32_t magic = 0x31455841; ///< "AXE1", little endian.
inline constexpr std::uint8_t format = 1;

/// magic u32, format u8, kind u8, reserved u16, index u64, term u64, recorded_at i64 (microseconds
/// since 1970), first_position u64, event_count u32, headers_bytes u32, previous digest 32 bytes:
/// the part that the chain digest covers; then its checksum u64.
inline constexpr std::size_t chained_prefix_bytes = 80;
inline constexpr std::size_t prefix_bytes = chained_prefix_bytes + 8;

/// header_offset u32 (from the first header), content_offset u32 (from the first content),
/// stored_bytes u32, encoding u32, header checksum u64, content checksum u64.
inline constexpr std::size_t slot_bytes = 32;

} // namespace aiex::entry_layout
