// What a check of a store has found.
#pragma once

#include "aiex/persistence/log/position.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace aiex {

/// Something that is not as it was written.
struct finding {
  position where;          ///< 0 if it concerns no single event.
  std::uint64_t index = 0; ///< Of the entry, 0 if none.
  std::string what;
};

struct verify_report {
  std::uint64_t entries = 0;
  std::uint64_t events = 0;
  std::uint64_t streams = 0; ///< 0 if the log was checked alone.
  position head;             ///< Up to here was checked.
  std::uint64_t findings_total = 0;
  std::vector<finding> findings; ///< The first of them, in log order, then those of the state.

  static constexpr std::size_t findings_max = 100;

  /// Keeps it if there is room.
  void add(finding what);

  bool is_sound() const noexcept { return findings_total == 0; }
  /// The first bad position, 0 if there is none to name.
  position first_bad() const noexcept;
};

} // namespace aiex
