// What the program says at the end, from what the read models hold.
#pragma once

#include "code_assistant/file_facts.hpp"
#include "code_assistant/include_graph.hpp"
#include "code_assistant/session_summary.hpp"

#include <span>
#include <string>

namespace aiex::code_assistant {

/// Figures of one tree.
struct tree_figures {
  std::uint64_t files{};
  std::uint64_t bytes{};
  std::uint64_t lines{};
  std::uint64_t code_lines{};
  std::uint64_t comment_lines{};
  std::uint64_t blank_lines{};
  definition_counts definitions{};
  definition longest_function{};
  std::string longest_function_path{};
  include_graph includes{};

  bool operator==(const tree_figures&) const = default;
};

/// `files`: each file of the tree once, sorted by path.
tree_figures figures_of(std::span<const file_facts> files);

/// What this run did.
struct run_figures {
  std::string project{};
  std::string session{};
  std::uint64_t analysed{};
  std::uint64_t unchanged{};
  std::uint64_t removed{};
  std::uint64_t skipped{};
};

/// Text for people, several lines.
std::string report(
  const run_figures& run, const tree_figures& tree, const session_summary::state& sessions);

} // namespace aiex::code_assistant
