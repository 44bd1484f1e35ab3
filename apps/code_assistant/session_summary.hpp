#pragma once

#include "code_assistant/session_events.hpp"

#include <string_view>

namespace aiex::code_assistant {

/// A projection: how many sessions there were, how many are open, what they have done.
struct session_summary {
  static constexpr std::string_view name = "session_summary", from = "session";
  using events =
    aiex::list<session_started, code_analysis_completed, source_removed, session_ended>;

  struct state {
    std::uint64_t sessions{};
    std::uint64_t active{};
    std::uint64_t completed_analyses{};
    std::uint64_t removed_sources{};

    bool operator==(const state&) const = default;
    static constexpr auto fields = aiex::fields("session_summary", &state::sessions,
      "session_count", &state::active, "active_sessions", &state::completed_analyses,
      "completed_analyses", &state::removed_sources, "removed_sources");
  };

  static void on(state& now, const session_started&) {
    ++now.sessions;
    ++now.active;
  }
  static void on(state& now, const code_analysis_completed&) { ++now.completed_analyses; }
  static void on(state& now, const source_removed&) { ++now.removed_sources; }
  static void on(state& now, const session_ended&) { --now.active; }
};

} // namespace aiex::code_assistant
