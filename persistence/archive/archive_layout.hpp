// An archive's bytes: a preamble, frames, a digest. Numbers are little endian.
//
//   preamble   magic "aiexarch", format u32, reserved u32 (0)
//   frame      kind u8, encoding u8, reserved u16 (0), number u32 (1, 2, 3, …), plain_bytes u32,
//              stored_bytes u32, digest: SHA-256 of these 16 bytes and the stored bytes;
//              then the stored bytes
//   at last    SHA-256 of the preamble and of each frame's 48 bytes, and so of everything
//
// The first frame is the manifest, the last one the summary; nothing follows the last digest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aiex {

/// Stored. Add at the end of a group, never renumber. A reader that does not know a kind skips it
/// from 128 on, and refuses the archive below.
enum class frame_kind : std::uint8_t {
  manifest = 1,
  entries = 2, ///< Entries of the log, each behind its length (varint).
  summary = 3,
};

enum class frame_encoding : std::uint8_t {
  plain = 1,
  zstd = 2, ///< One zstd frame that says its content's size.
};

namespace archive_layout {

inline constexpr std::string_view magic = "aiexarch";
inline constexpr std::uint32_t format = 1;
inline constexpr std::size_t preamble_bytes = 16;
inline constexpr std::size_t frame_fields_bytes = 16; ///< What the frame's digest begins with.
inline constexpr std::size_t frame_header_bytes = frame_fields_bytes + 32;
inline constexpr std::uint8_t first_skippable_kind = 128;

} // namespace archive_layout
} // namespace aiex
