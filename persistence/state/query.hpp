// What is asked of the log. A plain value: build it, send it, ask it again with other bounds.
#pragma once

#include "aiex/persistence/log/event.hpp"
#include "aiex/persistence/storage/direction.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace aiex {

/// All conditions hold together; those not set hold always. Ranges include both ends.
struct query {
  std::optional<std::string> stream{};
  std::uint64_t from_version = 1;                                       ///< With a stream.
  std::uint64_t to_version = std::numeric_limits<std::uint64_t>::max(); ///< With a stream.
  position after{};                                                     ///< Exclusive.
  position up_to{std::numeric_limits<std::uint64_t>::max()};            ///< Inclusive.
  std::vector<std::string> types{};         ///< Any of them; empty: every type.
  std::vector<std::string> type_prefixes{}; ///< Or any type that begins so.
  std::vector<std::string> tags{};          ///< All of them.
  std::vector<std::string> categories{};    ///< Any of them.
  std::optional<timestamp> since{};
  std::optional<timestamp> until{};
  std::optional<std::string> correlation_id{};
  std::optional<std::uint64_t> limit{}; ///< Events answered; nothing: all.
  direction order = direction::ascending;
  bool system = false; ///< Streams of the system too. One that is named is read anyway.

  bool operator==(const query&) const = default;
};

/// Whether `event` meets every condition but the limit. Looks at its header only.
bool matches(const query& asked, const recorded_event& event);

} // namespace aiex
