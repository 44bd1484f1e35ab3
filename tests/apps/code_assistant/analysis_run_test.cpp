#include "code_assistant/analysis_run.hpp"
#include "support/sample_events.hpp"
#include "support/store_folder.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace aiex::code_assistant {
namespace {

/// A source tree and a store beside it.
class assistant_world {
public:
  test::temporary_folder folder;
  std::filesystem::path tree = folder.sub("tree");
  std::uint64_t ids = 1'000'000;
  std::int64_t now_us = 0;

  void write(const std::string& path, std::string_view text) const {
    std::filesystem::create_directories((tree / path).parent_path());
    test::write_bytes(tree / path, text);
  }

  analysis_outcome run() {
    auto store = test::open_store(folder.path() / "data", ids += 1'000'000);
    REQUIRE(store);
    auto outcome = run_analysis(*store,
      {.tree = tree,
        .user = "ann",
        .node = "node1",
        .clock = [this] { return test::at_us(++now_us); },
        .make_id = [this] { return test::id_of(++ids); }},
      [](std::string_view, std::uint64_t, std::uint64_t) {});
    REQUIRE(outcome);
    test::check_sound(*store);
    return std::move(*outcome);
  }

  std::vector<std::string> types() {
    auto store = test::open_store(folder.path() / "data", ids += 1'000'000);
    REQUIRE(store);
    std::vector<std::string> all;
    std::optional<query> next = query{};
    while (next) {
      const auto page = store->events()->read(*next);
      REQUIRE(page);
      for (const recorded_event& event : page->events)
        all.emplace_back(event.type);
      next = page->rest;
    }
    return all;
  }
};

TEST_CASE_FIXTURE(assistant_world, "analysis_run: a session from its start to the figures") {
  write("a.cpp", "#include \"b.hpp\"\n#include <vector>\nint f() { return 1; }\n");
  write("b.hpp", "#include \"c.hpp\"\n");
  write("c.hpp", "#include \"b.hpp\"\n");
  write("notes.txt", "no source\n");
  const auto outcome = run();
  CHECK(outcome.run.analysed == 3);
  CHECK(outcome.run.unchanged == 0);
  CHECK(outcome.tree.files == 3);
  CHECK(outcome.tree.lines == 5);
  CHECK(outcome.tree.definitions.functions == 1);
  CHECK(outcome.tree.includes.most_included.at(0) == header_use{"b.hpp", 2});
  CHECK(outcome.tree.includes.cycles == std::vector<std::vector<std::string>>{{"b.hpp", "c.hpp"}});
  CHECK(outcome.sessions == session_summary::state{.sessions = 1, .completed_analyses = 3});
  CHECK(types() == std::vector<std::string>{"session_started", "context_loaded",
                     "code_analysis_completed", "code_analysis_completed",
                     "code_analysis_completed", "session_ended"});
}

TEST_CASE_FIXTURE(assistant_world, "analysis_run: a second session looks at what has changed") {
  write("a.cpp", "int a;\n");
  write("b.cpp", "int b;\n");
  write("c.cpp", "int c;\n");
  run();
  write("b.cpp", "int b;\nint bb;\n");
  write("d.cpp", "int d;\n");
  std::filesystem::remove(tree / "c.cpp");
  const auto outcome = run();
  CHECK(outcome.run.analysed == 2);
  CHECK(outcome.run.unchanged == 1);
  CHECK(outcome.run.removed == 1);
  CHECK(outcome.tree.files == 3);
  CHECK(outcome.tree.lines == 4);
  CHECK(outcome.sessions ==
        session_summary::state{.sessions = 2, .completed_analyses = 5, .removed_sources = 1});
  const auto third = run();
  CHECK(third.run.analysed == 0);
  CHECK(third.tree == outcome.tree);
  CHECK(third.sessions.sessions == 3);
}

TEST_CASE_FIXTURE(
  assistant_world, "analysis_run: what cannot be looked at is named, and known no more") {
  write("a.cpp", "int a;\n");
  write("b.cpp", "int b;\n");
  run();
  write("a.cpp", std::string((4 << 20) + 1, ' '));
  const auto outcome = run();
  CHECK(outcome.run.removed == 1);
  CHECK(outcome.run.skipped == 1);
  REQUIRE(outcome.skipped.size() == 1);
  CHECK(outcome.skipped[0].first == "a.cpp");
  CHECK(outcome.tree.files == 1);
}

TEST_CASE_FIXTURE(assistant_world, "analysis_run: a tree that is none records nothing") {
  auto store = test::open_store(folder.path() / "data");
  REQUIRE(store);
  const auto outcome = run_analysis(*store,
    {.tree = folder.path() / "nowhere",
      .user = "ann",
      .node = "node1",
      .clock = [] { return test::at_us(1); },
      .make_id = [this] { return test::id_of(++ids); }},
    [](std::string_view, std::uint64_t, std::uint64_t) {});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == errc::not_found);
  CHECK(store->events()->head()->position == position{0});
}

} // namespace
} // namespace aiex::code_assistant
