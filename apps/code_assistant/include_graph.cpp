#include "code_assistant/include_graph.hpp"

#include "code_assistant/include_resolver.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace aiex::code_assistant {
namespace {

using edges = std::vector<std::vector<std::size_t>>; // by file, what it includes, each once

/// Finds strongly connected components without recursion: a chain of includes may be as long as
/// the tree has files.
class component_finder {
public:
  explicit component_finder(const edges& graph)
      : graph_(graph), order_(graph.size(), 0), lowest_(graph.size(), 0),
        is_open_(graph.size(), false) {}

  std::vector<std::vector<std::size_t>> find() {
    for (std::size_t node = 0; node < graph_.size(); ++node)
      if (order_[node] == 0)
        walk_from(node);
    return std::move(components_);
  }

private:
  struct step {
    std::size_t node = 0;
    std::size_t next = 0; ///< Of its edges.
  };

  void enter(std::size_t node) {
    order_[node] = lowest_[node] = ++visited_;
    is_open_[node] = true;
    open_.push_back(node);
    path_.push_back({node, 0});
  }

  void walk_from(std::size_t root) {
    enter(root);
    while (!path_.empty()) {
      step& here = path_.back();
      if (here.next == graph_[here.node].size()) {
        leave();
        continue;
      }
      const std::size_t to = graph_[here.node][here.next++];
      if (order_[to] == 0)
        enter(to);
      else if (is_open_[to])
        lowest_[here.node] = std::min(lowest_[here.node], order_[to]);
    }
  }

  void leave() {
    const std::size_t node = path_.back().node;
    path_.pop_back();
    if (!path_.empty())
      lowest_[path_.back().node] = std::min(lowest_[path_.back().node], lowest_[node]);
    if (lowest_[node] != order_[node])
      return;
    std::vector<std::size_t> component;
    do {
      component.push_back(open_.back());
      is_open_[open_.back()] = false;
      open_.pop_back();
    } while (component.back() != node);
    components_.push_back(std::move(component));
  }

  const edges& graph_;
  std::vector<std::size_t> order_; // 0: not yet seen
  std::vector<std::size_t> lowest_;
  std::vector<bool> is_open_;
  std::vector<std::size_t> open_;
  std::vector<step> path_;
  std::size_t visited_ = 0;
  std::vector<std::vector<std::size_t>> components_;
};

std::vector<header_use> most_used(
  const std::map<std::string, std::uint64_t>& files_by_header, std::size_t headers_max) {
  std::vector<header_use> all;
  all.reserve(files_by_header.size());
  for (const auto& [name, files] : files_by_header)
    all.push_back({name, files});
  std::stable_sort(all.begin(), all.end(),
    [](const header_use& left, const header_use& right) { return left.files > right.files; });
  all.resize(std::min(all.size(), headers_max));
  return all;
}

bool includes_itself(const edges& graph, std::size_t node) {
  return std::binary_search(graph[node].begin(), graph[node].end(), node);
}

std::vector<std::vector<std::string>> cycles_of(
  const edges& graph, const std::vector<std::string>& paths) {
  std::vector<std::vector<std::string>> cycles;
  for (const auto& component : component_finder{graph}.find()) {
    if (component.size() == 1 && !includes_itself(graph, component.front()))
      continue;
    std::vector<std::string> cycle;
    cycle.reserve(component.size());
    for (const std::size_t node : component)
      cycle.push_back(paths[node]);
    std::sort(cycle.begin(), cycle.end());
    cycles.push_back(std::move(cycle));
  }
  std::sort(cycles.begin(), cycles.end());
  return cycles;
}

} // namespace

include_graph graph_of(std::span<const file_includes> files, std::size_t headers_max) {
  std::vector<std::string> paths;
  for (const file_includes& file : files)
    paths.push_back(file.path);
  const include_resolver resolver{std::move(paths)};

  include_graph made;
  edges graph(files.size());
  std::map<std::string, std::uint64_t> own;
  std::map<std::string, std::uint64_t> external;
  for (std::size_t from = 0; from < files.size(); ++from) {
    std::set<std::size_t> inside;
    std::set<std::string> outside;
    for (const include_directive& each : files[from].includes) {
      if (const auto to = resolver.resolve(from, each.name, each.angled))
        inside.insert(*to);
      else
        outside.insert(each.name);
    }
    for (const std::size_t to : inside)
      ++own[files[to].path];
    for (const std::string& name : outside)
      ++external[name];
    made.includes += inside.size();
    made.external += outside.size();
    graph[from].assign(inside.begin(), inside.end());
  }
  made.most_included = most_used(own, headers_max);
  made.most_external = most_used(external, headers_max);
  made.cycles = cycles_of(graph, resolver.paths());
  return made;
}

} // namespace aiex::code_assistant
