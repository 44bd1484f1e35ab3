#pragma once

#include "aiex/actors/typed/row_table.hpp"
#include "aiex/persistence/log/event.hpp"

#include "code_assistant/session_events.hpp"

#include <string>
#include <string_view>

namespace aiex::code_assistant {

/// Rows of one tree begin with this; so two trees in one store do not meet.
std::string rows_of(std::string_view project);

/// The key of one file's row: the path, or its digest if the path is too long for a key.
std::string row_of(std::string_view project, std::string_view path);

/// A projection: what is known of each file of each tree, newest facts only, without its
/// definitions. Who includes whom follows from these rows (include_graph.hpp) and is recorded when
/// a session has seen the whole tree (dependencies.hpp).
struct sources {
  static constexpr std::string_view name = "sources", from = "session";
  using events = aiex::list<code_analysis_completed, source_removed>;

  struct state {
    std::uint64_t files{}; ///< In all trees.

    bool operator==(const state&) const = default;
    static constexpr auto fields = aiex::fields("sources", &state::files, "files");
  };

  static void on(state& now, row_table& rows, const code_analysis_completed& event,
    const recorded_event& recorded);
  static void on(
    state& now, row_table& rows, const source_removed& event, const recorded_event& recorded);
};

} // namespace aiex::code_assistant
