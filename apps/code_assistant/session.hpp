// A session of the code assistant: begins on a tree, says what there is to do, does it, ends.
#pragma once

#include "aiex/actors/typed/decision.hpp"

#include "code_assistant/session_events.hpp"

#include <string_view>
#include <vector>

namespace aiex::code_assistant {

struct start_session {
  std::string user{};
  std::string project{};

  static constexpr auto fields = aiex::fields(
    "start_session", &start_session::user, "user_id", &start_session::project, "project_path");
};

/// Once in a session, before any file is looked at.
struct load_context {
  context_loaded context{};

  static constexpr auto fields = aiex::fields("load_context", &load_context::context, "context");
};

/// Several files at once: each becomes an event of its own, all are durable together.
struct complete_analyses {
  std::vector<file_facts> files{};

  static constexpr auto fields =
    aiex::fields("complete_analyses", &complete_analyses::files, "files");
};

struct remove_source {
  std::string path{};

  static constexpr auto fields = aiex::fields("remove_source", &remove_source::path, "path");
};

/// When all files of the tree are known.
struct resolve_includes {
  include_figures figures{};

  static constexpr auto fields =
    aiex::fields("resolve_includes", &resolve_includes::figures, "includes");
};

struct end_session {
  static constexpr auto fields = aiex::fields("end_session");
};

/// Refusals: already_started, not_started, already_loaded, not_loaded, session_ended.
struct session {
  static constexpr std::string_view category = "session";
  using commands = aiex::list<start_session, load_context, complete_analyses, remove_source,
    resolve_includes, end_session>;
  using events = aiex::list<session_started, context_loaded, code_analysis_completed,
    source_removed, includes_resolved, session_ended>;

  struct state {
    std::string user{};
    std::string project{};
    bool is_started{};
    bool is_loaded{};
    bool has_ended{};
    std::uint64_t analysed{};
    std::uint64_t removed{};

    bool operator==(const state&) const = default;
    static constexpr auto fields = aiex::fields("session", &state::user, "user_id", &state::project,
      "project_path", &state::is_started, "started", &state::is_loaded, "loaded", &state::has_ended,
      "ended", &state::analysed, "analysed", &state::removed, "removed");
  };

  static aiex::decision<events> decide(const state& now, const start_session& wish);
  static aiex::decision<events> decide(const state& now, const load_context& wish);
  static aiex::decision<events> decide(const state& now, const complete_analyses& wish);
  static aiex::decision<events> decide(const state& now, const remove_source& wish);
  static aiex::decision<events> decide(const state& now, const resolve_includes& wish);
  static aiex::decision<events> decide(const state& now, const end_session& wish);

  static void apply(state& now, const session_started& event);
  static void apply(state& now, const context_loaded& event);
  static void apply(state& now, const code_analysis_completed& event);
  static void apply(state& now, const source_removed& event);
  static void apply(state& now, const includes_resolved& event);
  static void apply(state& now, const session_ended& event);
};

} // namespace aiex::code_assistant
