// What happens in a session of the code assistant, as it is stored.
#pragma once

#include "aiex/persistence/codec/fields.hpp"

#include "code_assistant/file_facts.hpp"

#include <cstdint>
#include <string>

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

struct session_ended {
  std::uint64_t analysed{};

  static constexpr auto fields =
    aiex::fields("session_ended", &session_ended::analysed, "analysed");
};

} // namespace aiex::code_assistant
