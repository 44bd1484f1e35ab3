#pragma once

#include <cstdint>
#include <optional>

namespace aiex::consensus {

struct read_answer {
  std::uint64_t ticket = 0;
  std::optional<std::uint64_t> index{}; ///< Nothing: leadership was lost.
  std::uint64_t run = 0; ///< Of who asked: another life may count its tickets from the same number.

  bool operator==(const read_answer&) const = default;
};

} // namespace aiex::consensus
