// What a line of the shell asks for. Pure.
#pragma once

#include "aiex/persistence/base/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiex::tool {

inline constexpr std::chrono::seconds watch_max{3'600};

struct shell_command {
  enum class kind : std::uint8_t { nothing, verb, quit, help, timing, watch, at };

  kind what = kind::nothing;
  std::vector<std::string> words{};       ///< Of a verb, with its arguments.
  std::chrono::seconds every{2};          ///< Of watch.
  std::optional<std::uint64_t> version{}; ///< Of at, or of a verb behind it. Nothing: now.

  bool operator==(const shell_command&) const = default;
};

/// Errors: invalid_argument.
result<shell_command> read_shell_command(std::string_view line);

/// The words of a verb that can read the past, told to stop at `version`: `state`, and `events` of
/// one stream. Unless they say another version themselves. Nothing for other verbs.
std::optional<std::vector<std::string>> as_of(
  const std::vector<std::string>& words, std::uint64_t version);

} // namespace aiex::tool
