#pragma once

#include <span>
#include <string>
#include <vector>

namespace aiex::code_assistant {

struct known_source {
  std::string path{};
  std::string digest{};

  bool operator==(const known_source&) const = default;
};

/// Which files need to be looked at, because of what is known already. Each list sorted by path.
struct analysis_plan {
  std::vector<std::string> added{};
  std::vector<std::string> changed{};
  std::vector<std::string> unchanged{};
  std::vector<std::string> removed{}; ///< Known, but no longer found.

  bool operator==(const analysis_plan&) const = default;
};

/// Compares what is known with what was found, in any order; n log n. A path that stands in a list
/// more than once counts as its last entry says. A file that cannot be read for a while counts as
/// removed and later as added: the truth about a tree is what it shows.
analysis_plan plan_analysis(
  std::span<const known_source> previous, std::span<const known_source> current);

} // namespace aiex::code_assistant
