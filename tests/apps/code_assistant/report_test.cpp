#include "code_assistant/report.hpp"

#include <doctest/doctest.h>

namespace aiex::code_assistant {
namespace {

file_facts facts(std::string path, std::string_view text) {
  return analyse_file(std::move(path), text);
}

TEST_CASE("report: figures are sums over the files of a tree") {
  const std::vector<file_facts> files{
    facts("a.cpp", "#include \"a.hpp\"\n#include <vector>\n\n// why\nint f() {\n  return 1;\n}\n"),
    facts("a.hpp", "#pragma once\nstruct a {\n  int x;\n};\nint g() { return 2; }\n"),
  };
  const tree_figures made = figures_of(files);
  CHECK(made.files == 2);
  CHECK(made.bytes == files[0].bytes + files[1].bytes);
  CHECK(made.lines == 12);
  CHECK(made.code_lines == 10);
  CHECK(made.comment_lines == 1);
  CHECK(made.blank_lines == 1);
  CHECK(made.definitions.functions == 2);
  CHECK(made.definitions.structs == 1);
  CHECK(made.longest_function.name == "f");
  CHECK(made.longest_function.lines == 3);
  CHECK(made.longest_function_path == "a.cpp");
  CHECK(made.includes.includes == 1);
  CHECK(made.includes.external == 1);
  CHECK(figures_of({}) == tree_figures{});
}

TEST_CASE("report: what people read") {
  tree_figures tree;
  tree.files = 10'000;
  tree.lines = 1'234'567;
  tree.code_lines = 999;
  tree.comment_lines = 1'000;
  tree.longest_function = {"function", "outer::f", 17, 90};
  tree.longest_function_path = "a/b.cpp";
  tree.includes.most_included = {{"base/error.hpp", 1'200}};
  tree.includes.cycles = {{"a.hpp", "b.hpp"}, {"1", "2", "3", "4", "5", "6", "7"}};
  const std::string text = report({"/p", "s-1", 12, 9'988, 3, 1}, tree,
    {.sessions = 2, .active = 0, .completed_analyses = 10'012});
  for (const char* part : {"project   /p\n", "session   s-1\n",
         "12 analysed, 9,988 unchanged, 3 removed, 1 skipped", "files     10,000\n",
         "1,234,567: 999 code, 1,000 comment, 0 blank", "outer::f (90 lines) in a/b.cpp:17\n",
         "     1,200  base/error.hpp\n", "include cycles: 2\n", "  a.hpp <-> b.hpp\n",
         "5 <-> 6 and 1 more\n", "2 sessions, 0 of them active, 10,012 completed analyses\n"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("report: no name steers the terminal") {
  tree_figures tree;
  tree.longest_function = {"function", "f", 1, 2};
  tree.longest_function_path = "a\x1b[2J.cpp";
  tree.includes.most_included = {{"b\x1b[2J.hpp", 1}};
  tree.includes.cycles = {{"c\x1b[2J.hpp", "d"}};
  run_figures run;
  run.project = "/p\x1b[2J";
  CHECK(report(run, tree, {}).find('\x1b') == std::string::npos);
}

TEST_CASE("report: more cycles than are worth reading are counted") {
  tree_figures tree;
  for (int i = 0; i < 13; ++i)
    tree.includes.cycles.push_back({"a" + std::to_string(i), "b"});
  const std::string text = report({}, tree, {});
  CHECK(text.find("include cycles: 13\n") != std::string::npos);
  CHECK(text.find("  and 3 more\n") != std::string::npos);
  CHECK(text.find("a10 <->") == std::string::npos);
}

} // namespace
} // namespace aiex::code_assistant
