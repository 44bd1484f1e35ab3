// What happens in a session of the code assistant, as it is stored.
#pragma once

#include "aiex/persistence/codec/fields.hpp"

#include "code_assistant/file_facts.hpp"
#include "code_assistant/include_graph.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiex::code_assistant {

struct session_started {
  std::string user{};
  std::string project{}; ///< The tree's absolute path: what tells trees apart.

  static constexpr auto fields = aiex::fields("session_started", &session_started::user, "user_id",
    &session_started::project, "project_path");
};

/// What the tree holds, and what of it has to be looked at.
struct context_loaded {
  std::string project{};
  std::uint64_t files{};
  std::uint64_t bytes{};
  std::uint64_t added{};
  std::uint64_t changed{};
  std::uint64_t unchanged{};
  std::uint64_t removed{};
  std::uint64_t skipped{}; ///< Too large, unreadable, or not named in UTF-8.

  static constexpr auto fields =
    aiex::fields("context_loaded", &context_loaded::project, "project_path", &context_loaded::files,
      "files", &context_loaded::bytes, "bytes", &context_loaded::added, "added",
      &context_loaded::changed, "changed", &context_loaded::unchanged, "unchanged",
      &context_loaded::removed, "removed", &context_loaded::skipped, "skipped");
};

struct code_analysis_completed {
  std::string project{};
  file_facts results{};

  static constexpr auto fields =
    aiex::fields("code_analysis_completed", &code_analysis_completed::project, "project_path",
      &code_analysis_completed::results, "results");
};

/// A file that was analysed before is no longer there.
struct source_removed {
  std::string project{};
  std::string path{};

  static constexpr auto fields = aiex::fields(
    "source_removed", &source_removed::project, "project_path", &source_removed::path, "path");
};

struct include_cycle {
  std::uint64_t size{};             ///< Files in it.
  std::vector<std::string> files{}; ///< The first of them.

  bool operator==(const include_cycle&) const = default;
  static constexpr auto fields =
    aiex::fields("include_cycle", &include_cycle::size, "size", &include_cycle::files, "files");
};

struct include_figures {
  std::uint64_t inside{};   ///< From a file of the tree to another of it.
  std::uint64_t external{}; ///< To something outside.
  std::vector<header_use> most_included{};
  std::vector<header_use> most_external{};
  std::uint64_t cycle_count{};
  std::vector<include_cycle> cycles{}; ///< The first of them.

  bool operator==(const include_figures&) const = default;
  static constexpr auto fields = aiex::fields("include_figures", &include_figures::inside, "inside",
    &include_figures::external, "external", &include_figures::most_included, "most_included",
    &include_figures::most_external, "most_external", &include_figures::cycle_count, "cycle_count",
    &include_figures::cycles, "cycles");
};

/// What the includes of the whole tree amount to, once all of it is known.
struct includes_resolved {
  std::string project{};
  include_figures figures{};

  static constexpr auto fields = aiex::fields("includes_resolved", &includes_resolved::project,
    "project_path", &includes_resolved::figures, "includes");
};

struct session_ended {
  std::uint64_t analysed{};

  static constexpr auto fields =
    aiex::fields("session_ended", &session_ended::analysed, "analysed");
};

} // namespace aiex::code_assistant
