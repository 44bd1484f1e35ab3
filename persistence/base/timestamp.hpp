#pragma once

#include "aiex/persistence/base/error.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace aiex {

/// Microseconds since 1970, UTC. The resolution of `recorded_at`, in memory and on disk.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// As a number: what is stored.
inline std::int64_t microseconds_of(timestamp at) {
  return at.time_since_epoch().count();
}

/// "2026-03-01T12:00:00.000123Z": RFC 3339, UTC, always six decimals.
std::string to_string(timestamp at);

/// RFC 3339 with any offset and 0 to 9 decimals (cut to six), or a plain date (midnight UTC), or
/// relative to `now`: "-90s", "-15m", "-1h", "-7d", "now". The years 0000 to 9999, in UTC too.
/// A leap second (":60") has no microsecond of its own and is refused. Errors: invalid_argument.
result<timestamp> parse_timestamp(std::string_view text, timestamp now);

/// The longest duration that is read: a century.
inline constexpr std::chrono::days duration_max{36'525};

/// "250ms", "5s", "10m", "1h", "7d": a positive whole number and its unit, up to `duration_max`.
/// Errors: invalid_argument.
result<std::chrono::milliseconds> parse_duration(std::string_view text);

} // namespace aiex
