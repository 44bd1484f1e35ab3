// The read model of who includes whom: of each tree the headers most in use, and the cycles.
#pragma once

#include "aiex/actors/typed/row_table.hpp"
#include "aiex/persistence/log/event.hpp"

#include "code_assistant/include_graph.hpp"
#include "code_assistant/session_events.hpp"

#include <string>
#include <string_view>

namespace aiex::code_assistant {

// So that the figures of any tree fit one event.
inline constexpr std::size_t cycles_kept_max = 50;
inline constexpr std::size_t cycle_files_kept_max = 20;

/// What is recorded of a graph.
include_figures figures_of(const include_graph& graph);

/// A projection: the figures of each tree, by its path (or the path's digest, if it is too long for
/// a key), and those that came last as its state.
struct dependencies {
  static constexpr std::string_view name = "dependencies", from = "session";
  using events = aiex::list<includes_resolved>;

  struct state {
    std::uint64_t trees{};
    std::string project{}; ///< Whose figures came last.
    include_figures figures{};

    bool operator==(const state&) const = default;
    static constexpr auto fields = aiex::fields("dependencies", &state::trees, "trees",
      &state::project, "project_path", &state::figures, "includes");
  };

  static void on(
    state& now, row_table& rows, const includes_resolved& event, const recorded_event& recorded);
};

} // namespace aiex::code_assistant
