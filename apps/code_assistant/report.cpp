#include "code_assistant/report.hpp"

#include "code_assistant/plain_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace aiex::code_assistant {

namespace {

/// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3)
    digits.insert(at - 3, 1, ',');
  return digits;
}

/// Names of files are anybody's.
std::string shown(const std::string& name) {
  return plain_text(name, path_bytes_max);
}

std::string headers_line(const std::vector<header_use>& headers) {
  std::string line;
  for (const header_use& each : headers)
    fmt::format_to(
      std::back_inserter(line), "  {:>8}  {}\n", grouped(each.files), shown(each.name));
  return line;
}

std::string cycles_lines(const std::vector<std::vector<std::string>>& cycles) {
  constexpr std::size_t cycles_shown = 10;
  constexpr std::size_t files_shown = 6;
  std::string lines;
  for (std::size_t i = 0; i < std::min(cycles.size(), cycles_shown); ++i) {
    const auto& cycle = cycles[i];
    lines += "  ";
    for (std::size_t k = 0; k < std::min(cycle.size(), files_shown); ++k)
      lines += (k == 0 ? "" : " <-> ") + shown(cycle[k]);
    if (cycle.size() > files_shown)
      lines += fmt::format(" and {} more", cycle.size() - files_shown);
    lines += '\n';
  }
  if (cycles.size() > cycles_shown)
    lines += fmt::format("  and {} more\n", cycles.size() - cycles_shown);
  return lines;
}

} // namespace

tree_figures figures_of(std::span<const file_facts> files) {
  tree_figures made;
  std::vector<file_includes> includes;
  for (const file_facts& file : files) {
    ++made.files;
    made.bytes += file.bytes;
    made.lines += file.lines;
    made.code_lines += file.code_lines;
    made.comment_lines += file.comment_lines;
    made.blank_lines += file.blank_lines;
    add(made.definitions, file.counts);
    if (file.longest_function.lines > made.longest_function.lines) {
      made.longest_function = file.longest_function;
      made.longest_function_path = file.path;
    }
    includes.push_back({file.path, file.includes});
  }
  made.includes = graph_of(includes);
  return made;
}

std::string report(
  const run_figures& run, const tree_figures& tree, const session_summary::state& sessions) {
  std::string text;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "project   {}\nsession   {}\n", shown(run.project), run.session);
  fmt::format_to(out, "this run  {} analysed, {} unchanged, {} removed, {} skipped\n\n",
    grouped(run.analysed), grouped(run.unchanged), grouped(run.removed), grouped(run.skipped));

  fmt::format_to(out, "files     {}\n", grouped(tree.files));
  fmt::format_to(out, "lines     {}: {} code, {} comment, {} blank\n", grouped(tree.lines),
    grouped(tree.code_lines), grouped(tree.comment_lines), grouped(tree.blank_lines));
  const definition_counts& defined = tree.definitions;
  fmt::format_to(out,
    "defined   {} functions, {} classes, {} structs, {} unions, {} enums, {} macros\n",
    grouped(defined.functions), grouped(defined.classes), grouped(defined.structs),
    grouped(defined.unions), grouped(defined.enums), grouped(defined.macros));
  if (tree.longest_function.lines > 0)
    fmt::format_to(out, "longest   {} ({} lines) in {}:{}\n", tree.longest_function.name,
      grouped(tree.longest_function.lines), shown(tree.longest_function_path),
      tree.longest_function.line);

  const include_graph& graph = tree.includes;
  fmt::format_to(
    out, "includes  {} inside, {} external\n", grouped(graph.includes), grouped(graph.external));
  if (!graph.most_included.empty())
    text += "\nmost included, by files that do:\n" + headers_line(graph.most_included);
  fmt::format_to(
    out, "\ninclude cycles: {}\n{}", grouped(graph.cycles.size()), cycles_lines(graph.cycles));

  fmt::format_to(out, "\nin the store: {} sessions, {} of them active, {} completed analyses\n",
    grouped(sessions.sessions), grouped(sessions.active), grouped(sessions.completed_analyses));
  return text;
}

} // namespace aiex::code_assistant
