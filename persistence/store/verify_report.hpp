// What a check of a store has found.
#pragma once

#include "aiex/persistence/log/position.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiex {

/// What is damaged, by which it is told what to do. Passed between processes: never renumber.
enum class finding_part : std::uint8_t {
  log = 1,    ///< To be restored from a backup.
  state = 2,  ///< Derived: to be removed, and built again from the log.
  models = 3, ///< Read models: to be rebuilt.
};
inline constexpr std::array finding_parts{
  finding_part::log, finding_part::state, finding_part::models};

/// "log", "state", "models".
std::string_view name(finding_part part) noexcept;

/// Something that is not as it was written.
struct finding {
  position where;          ///< 0 if it concerns no single event.
  std::uint64_t index = 0; ///< Of the entry, 0 if none.
  std::string what;
  finding_part part = finding_part::log;
};

struct verify_report {
  std::uint64_t entries = 0;
  std::uint64_t events = 0;
  std::uint64_t streams = 0;
  position head; ///< Of the last event that was checked: the log's end when the check began.
  /// Where the state ends; nothing if the log was checked alone. Before `head`: what follows is
  /// applied at the next start, or by the node that runs there.
  std::optional<position> state_head{};
  std::array<std::uint64_t, finding_parts.size()> totals{}; ///< Of each part, kept or not.
  std::vector<finding> findings; ///< The first of each part, in the order in which they were found.

  static constexpr std::size_t findings_max = 80; ///< Of each part.

  /// Keeps it if there is room.
  void add(finding what);
  /// Those of another report, too.
  void add_findings(const verify_report& from);

  std::uint64_t total_of(finding_part part) const noexcept;
  std::uint64_t findings_total() const noexcept;
  bool is_sound() const noexcept { return findings_total() == 0; }
  /// The first bad position of the log, 0 if there is none to name.
  position first_bad() const noexcept;
};

/// One JSON object: whether it is sound, the figures, what is damaged (names of parts), `first_bad`
/// if there is one, and the findings.
std::string to_json(const verify_report& report);

} // namespace aiex
