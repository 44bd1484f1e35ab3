// Who includes whom in a tree: the headers most in use, and the cycles.
#pragma once

#include "code_assistant/file_facts.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace aiex::code_assistant {

struct file_includes {
  std::string path{};
  std::vector<include_directive> includes{};
};

struct header_use {
  std::string name{};
  std::uint64_t files{}; ///< That include it, each counted once.

  bool operator==(const header_use&) const = default;
  static constexpr auto fields =
    aiex::fields("header_use", &header_use::name, "name", &header_use::files, "files");
};

/// What the includes of a tree amount to.
struct include_graph {
  std::uint64_t includes{};                       ///< From a file of the tree to another of it.
  std::uint64_t external{};                       ///< To something outside.
  std::vector<header_use> most_included{};        ///< Of the tree; most used first, then by name.
  std::vector<header_use> most_external{};        ///< Likewise, as they are spelled.
  std::vector<std::vector<std::string>> cycles{}; ///< Files that include each other, sorted.

  bool operator==(const include_graph&) const = default;
};

/// `files`: each path once. Lists of headers hold at most `headers_max`. A cycle is a strongly
/// connected component (R. Tarjan, Depth-first search and linear graph algorithms, 1972) of two
/// files or more, or a file that includes itself. Time linear in files and includes.
include_graph graph_of(std::span<const file_includes> files, std::size_t headers_max = 10);

} // namespace aiex::code_assistant
