// An event: something that has happened. As a caller gives it (`event`) and as the log has it
// (`recorded_event`).
#pragma once

#include "aiex/persistence/base/timestamp.hpp"
#include "aiex/persistence/base/uuid.hpp"
#include "aiex/persistence/log/packed_strings.hpp"
#include "aiex/persistence/log/position.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

/// Stored with each event. Add at the end, never renumber.
enum class content_type : std::uint8_t {
  json = 1,  ///< One JSON value, checked before it is stored.
  bytes = 2, ///< Anything else.
};

struct event {
  uuid id{};                    ///< Any version; remembered for ever.
  std::string type{};           ///< 1..255 bytes of UTF-8 without control characters.
  std::string data = "{}";      ///< Up to `limits::data_bytes_max`.
  std::string metadata{};       ///< Empty, or one JSON object up to `limits::metadata_bytes_max`.
  std::string correlation_id{}; ///< 1..255 bytes; empty: the id of the append's first event.
  std::string causation_id{};   ///< The event or command that led to this; may be empty.
  std::vector<std::string> tags{}; ///< Up to 16.
  std::uint32_t schema = 1;        ///< Version of the type's stored form.
  content_type content = content_type::json;
};

/// An event as recorded. All views point into the batch or buffer it was read from and are valid as
/// long as that lives.
struct recorded_event {
  aiex::position position;
  std::uint64_t version = 0; ///< In its stream: 1, 2, 3, …
  timestamp recorded_at;     ///< Never goes back from one position to the next.
  uuid id;
  std::string_view stream;
  std::string_view type;
  std::string_view data;
  std::string_view metadata;
  std::string_view correlation_id;
  std::string_view causation_id;
  std::string_view node; ///< The node that accepted it.
  packed_strings tags;
  std::string_view owner; ///< As whose owner it was written, or empty.
  std::uint64_t epoch = 0;
  std::uint32_t schema = 1;
  content_type content = content_type::json;
};

/// What stands before the first `-`, or the whole name.
constexpr std::string_view category_of(std::string_view stream) noexcept {
  return stream.substr(0, stream.find('-'));
}

/// Names that begin with `$` belong to the system.
constexpr bool is_system_name(std::string_view name) noexcept {
  return name.starts_with('$');
}

} // namespace aiex
