// The tables of the state and the keys in them. Numbers in keys are big endian, so that bytes
// compare as numbers do.
//
//   table          key                               value
//   meta           name                              what its name says
//   streams        stream                            number u64
//   stream_events  stream's number u64, version u64  posting
//   ids            event id, 16 bytes                position u64
//   commands       command id, 16 bytes              digest u64, first position u64, count u64
//   places         first position of an entry u64    index u64
//   index          kind, value, 0, position u64      index u64
//
// A posting is position u64, index u64: where the event is in the log. A stream's number is the
// position of its first event; its version is that of its last row in `stream_events`, so that an
// append touches one page of its stream and not two. `index` holds one row per event for its type
// and its category, one per tag, and one for its correlation id unless that is the event's own id.
#pragma once

#include "aiex/persistence/storage/ordered_tables.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace aiex::state_tables {

inline constexpr table_id meta{0};
inline constexpr table_id streams{1};
inline constexpr table_id stream_events{2};
inline constexpr table_id ids{3};
inline constexpr table_id commands{4};
inline constexpr table_id places{5};
inline constexpr table_id index{6};

/// Their names in the order of their ids.
inline constexpr std::array<std::string_view, 7> names{
  "meta", "streams", "stream_events", "ids", "commands", "places", "index"};

/// The first byte of a key in `index`. Stored: never change.
enum class index_kind : char { type = 't', category = 'c', tag = 'g', correlation = 'r' };

inline void put_u64(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out += static_cast<char>((value >> shift) & 0xff);
}

inline std::string key_of(std::uint64_t value) {
  std::string key;
  put_u64(key, value);
  return key;
}

inline std::string key_of(std::uint64_t first, std::uint64_t second) {
  std::string key;
  put_u64(key, first);
  put_u64(key, second);
  return key;
}

/// What all keys of one indexed value begin with.
inline std::string index_prefix(index_kind kind, std::string_view value) {
  std::string key{static_cast<char>(kind)};
  key.append(value).push_back('\0'); // no name holds a zero byte
  return key;
}

/// The big-endian number at `at`. Precondition: eight bytes stand there.
inline std::uint64_t u64_at(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i)
    value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

} // namespace aiex::state_tables
