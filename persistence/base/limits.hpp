// Every limit of the store, with its name. What exceeds one is refused with an error of its own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace aiex::limits {

// names
inline constexpr std::size_t stream_bytes_max = 255;
inline constexpr std::size_t type_bytes_max = 255;
inline constexpr std::size_t tag_bytes_max = 255;
inline constexpr std::size_t correlation_id_bytes_max = 255;
inline constexpr std::size_t node_name_bytes_max = 64;
inline constexpr std::size_t owner_name_bytes_max = 248; ///< "$owner-" + name is a stream's name.

// one event
inline constexpr std::size_t tags_per_event_max = 16;
inline constexpr std::size_t data_bytes_max = 1 << 20;
inline constexpr std::size_t metadata_bytes_max = 64 << 10;

// one append, one entry of the log
inline constexpr std::size_t events_per_append_max = 1'024;
inline constexpr std::size_t bytes_per_append_max = 4 << 20;
inline constexpr std::size_t streams_per_append_max = 64;
inline constexpr std::size_t events_per_group_max = 512; ///< One append alone may be larger.
inline constexpr std::size_t bytes_per_group_max = 8 << 20;
inline constexpr std::size_t entry_bytes_max = 16 << 20;

// what waits
inline constexpr std::size_t appends_waiting_max = 4'096;
inline constexpr std::size_t bytes_waiting_max = 64 << 20;

// reading
inline constexpr std::size_t events_per_page_max = 256;
inline constexpr std::size_t bytes_per_page_max = 4 << 20;
inline constexpr std::size_t events_examined_per_page_max = 4'096;

// checking and recovering: behind so many the snapshot is renewed or the transaction ends
inline constexpr std::size_t events_per_check_step = 4'096;
inline constexpr std::size_t rows_per_check_step = 16'384;
inline constexpr std::size_t rows_per_recovery_step = 16'384; ///< A page each: dirty_bytes_max.
inline constexpr std::size_t ids_at_a_time = 4U << 20;        ///< 24 bytes each, see `check_ids`.

// read models
inline constexpr std::size_t projection_name_bytes_max = 200;
inline constexpr std::size_t projection_state_bytes_max = 1 << 20;
inline constexpr std::size_t snapshot_bytes_max = 4 << 20;
inline constexpr std::size_t row_key_bytes_max = 255;
inline constexpr std::size_t row_value_bytes_max = 1 << 20;

// LMDB
inline constexpr std::uint64_t bytes_kept_free = 64 << 20; ///< Below it appends are refused.
inline constexpr std::size_t key_bytes_max = 511;
inline constexpr std::size_t dirty_bytes_max = 64 << 20; ///< One write transaction.

// archives
inline constexpr std::size_t archive_frame_bytes = 1 << 20; ///< Then a frame of entries is written.
inline constexpr std::size_t archive_frame_bytes_max = entry_bytes_max + 64; ///< One large entry.

// contents shorter than this are stored as they are
inline constexpr std::size_t compress_from_bytes = 512;

} // namespace aiex::limits
