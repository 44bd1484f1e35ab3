#include "code_assistant/dependencies.hpp"

#include "aiex/persistence/base/limits.hpp"

#include <algorithm>

namespace aiex::code_assistant {

include_figures figures_of(const include_graph& graph) {
  include_figures made{graph.includes, graph.external, graph.most_included, graph.most_external,
    graph.cycles.size(), {}};
  for (std::size_t i = 0; i < std::min(graph.cycles.size(), cycles_kept_max); ++i) {
    const auto& files = graph.cycles[i];
    const auto kept = static_cast<std::ptrdiff_t>(std::min(files.size(), cycle_files_kept_max));
    made.cycles.push_back({files.size(), {files.begin(), files.begin() + kept}});
  }
  return made;
}

void dependencies::on(
  state& now, row_table& rows, const includes_resolved& event, const recorded_event&) {
  const bool fits = event.project.size() <= limits::row_key_bytes_max && !event.project.empty();
  const std::string key = fits ? event.project : content_digest(event.project);
  if (!rows.contains(key))
    ++now.trees;
  rows.put(key, event.figures);
  now.project = event.project;
  now.figures = event.figures;
}

} // namespace aiex::code_assistant
