#pragma once

#include <cstdint>
#include <string>

namespace aiex::tool {

/// "[########------------]  40 %  400 of 1000 events"; without a total the count alone.
inline std::string progress_bar(std::uint64_t done, std::uint64_t total, const std::string& unit) {
  if (total == 0)
    return std::to_string(done) + " " + unit;
  constexpr std::size_t cells = 20;
  const double part = done >= total ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
  const auto filled = static_cast<std::size_t>(part * cells);
  const std::string percent = std::to_string(static_cast<int>(part * 100));
  return "[" + std::string(filled, '#') + std::string(cells - filled, '-') + "] " +
         std::string(3 - percent.size(), ' ') + percent + " %  " + std::to_string(done) + " of " +
         std::to_string(total) + " " + unit;
}

} // namespace aiex::tool
