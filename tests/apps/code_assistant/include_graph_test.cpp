#include "code_assistant/include_graph.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <set>

namespace aiex::code_assistant {
namespace {

using cycles = std::vector<std::vector<std::string>>;

file_includes file(std::string path, const std::vector<std::string>& names) {
  file_includes made{std::move(path), {}};
  for (const std::string& name : names)
    made.includes.push_back({name.substr(1, name.size() - 2), 1, name[0] == '<', false});
  return made;
}

TEST_CASE("include_graph: counts each including file once, most used first") {
  const std::vector<file_includes> files{
    file("a.cpp", {"\"a.hpp\"", "\"b.hpp\"", "\"a.hpp\"", "<vector>"}),
    file("b.cpp", {"\"b.hpp\"", "<string>", "<vector>"}),
    file("a.hpp", {"\"b.hpp\"", "<string>", "<string>", "<vector>"}),
    file("b.hpp", {}),
  };
  const include_graph graph = graph_of(files);
  CHECK(graph.includes == 4);
  CHECK(graph.external == 5);
  CHECK(graph.most_included == std::vector<header_use>{{"b.hpp", 3}, {"a.hpp", 1}});
  CHECK(graph.most_external == std::vector<header_use>{{"vector", 3}, {"string", 2}});
  CHECK(graph.cycles.empty());
  CHECK(graph_of(files, 1).most_included == std::vector<header_use>{{"b.hpp", 3}});
}

TEST_CASE("include_graph: cycles are files that include each other") {
  struct example {
    const char* name;
    std::vector<file_includes> files;
    cycles found;
  };
  const example table[] = {
    {"none", {file("a.hpp", {"\"b.hpp\""}), file("b.hpp", {})}, {}},
    {"nothing at all", {}, {}},
    {"itself", {file("a.hpp", {"\"a.hpp\""})}, {{"a.hpp"}}},
    {"two", {file("a.hpp", {"\"b.hpp\""}), file("b.hpp", {"\"a.hpp\""})}, {{"a.hpp", "b.hpp"}}},
    {"two rings with a bridge between them",
      {file("d.hpp", {"\"c.hpp\""}), file("c.hpp", {"\"d.hpp\""}),
        file("b.hpp", {"\"a.hpp\"", "\"c.hpp\""}), file("a.hpp", {"\"b.hpp\""})},
      {{"a.hpp", "b.hpp"}, {"c.hpp", "d.hpp"}}},
    {"a ring with a shortcut is one",
      {file("a.hpp", {"\"b.hpp\""}), file("b.hpp", {"\"c.hpp\"", "\"a.hpp\""}),
        file("c.hpp", {"\"a.hpp\""})},
      {{"a.hpp", "b.hpp", "c.hpp"}}},
  };
  for (const example& row : table) {
    CAPTURE(row.name);
    CHECK(graph_of(row.files).cycles == row.found);
  }
}

TEST_CASE("include_graph: a chain as long as a large tree") {
  std::vector<file_includes> files;
  constexpr std::size_t count = 50'000;
  for (std::size_t i = 0; i < count; ++i)
    files.push_back(
      file("f" + std::to_string(i) + ".hpp", {"\"f" + std::to_string((i + 1) % count) + ".hpp\""}));
  const include_graph graph = graph_of(files);
  REQUIRE(graph.cycles.size() == 1);
  CHECK(graph.cycles.front().size() == count);
}

/// Whether `to` can be reached from `from` in at least one step.
bool reaches(const std::vector<std::vector<bool>>& edge, std::size_t from, std::size_t to) {
  std::set<std::size_t> seen;
  std::vector<std::size_t> open{from};
  while (!open.empty()) {
    const std::size_t here = open.back();
    open.pop_back();
    for (std::size_t next = 0; next < edge.size(); ++next)
      if (edge[here][next] && seen.insert(next).second)
        open.push_back(next);
  }
  return seen.contains(to);
}

TEST_CASE("include_graph: two files share a cycle if each reaches the other") {
  CHECK(rc::check([] {
    const auto count = *rc::gen::inRange<std::size_t>(1, 8);
    std::vector<std::vector<bool>> edge(count, std::vector<bool>(count));
    std::vector<file_includes> files;
    for (std::size_t from = 0; from < count; ++from) {
      std::vector<std::string> names;
      for (std::size_t to = 0; to < count; ++to) {
        edge[from][to] = *rc::gen::weightedElement<bool>({{3, false}, {1, true}});
        if (edge[from][to])
          names.push_back("\"f" + std::to_string(to) + ".hpp\"");
      }
      files.push_back(file("f" + std::to_string(from) + ".hpp", names));
    }
    std::set<std::set<std::string>> expected;
    for (std::size_t from = 0; from < count; ++from) {
      std::set<std::string> ring;
      for (std::size_t to = 0; to < count; ++to)
        if (reaches(edge, from, to) && reaches(edge, to, from))
          ring.insert(files[to].path);
      if (!ring.empty())
        expected.insert(ring);
    }
    std::set<std::set<std::string>> found;
    for (const auto& cycle : graph_of(files).cycles)
      found.insert({cycle.begin(), cycle.end()});
    RC_ASSERT(found == expected);
  }));
}

} // namespace
} // namespace aiex::code_assistant
