#include "aiex/actors/cluster/session_list.hpp"
#include "aiex/persistence/codec/json_reader.hpp"

#include "aiexd/node.hpp"
#include "code_assistant/analysis_run.hpp"
#include "code_assistant/dependencies.hpp"
#include "code_assistant/session.hpp"
#include "code_assistant/session_client.hpp"
#include "support/eventually.hpp"
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

  void write(const std::string& path, std::string_view text) const {
    std::filesystem::create_directories((tree / path).parent_path());
    test::write_bytes(tree / path, text);
  }

  /// A node of its own around the run, as the program has it.
  template <class Use>
  void with_node(Use use) {
    auto running = node::start(
      {.data = (folder.path() / "data").string(), .listen = {"127.0.0.1", 0}, .http = {}},
      {assistant_part()}, [](const std::string& why) { FAIL(why); });
    if (!running)
      FAIL(running.error().message);
    use(**running);
    CHECK((*running)->stop().closed);
  }

  /// `goes_on`: asked at each step.
  result<analysis_outcome> run_in(
    const node& running, const std::filesystem::path& where,
    const analysis_progress& goes_on = [](auto, auto, auto) { return true; }) const {
    return run_analysis(
      running.system(), running.services(), {.tree = where, .user = "ann"}, goes_on);
  }

  analysis_outcome run() {
    analysis_outcome made;
    with_node([&](const node& running) {
      auto outcome = run_in(running, tree);
      if (!outcome)
        FAIL(outcome.error().message);
      made = std::move(*outcome);
    });
    auto store = test::open_store(folder.path() / "data", 1);
    REQUIRE(store);
    test::check_sound(*store);
    return made;
  }

  std::vector<std::string> types() {
    auto store = test::open_store(folder.path() / "data", 1);
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
                     "code_analysis_completed", "includes_resolved", "session_ended"});
}

TEST_CASE_FIXTURE(assistant_world, "analysis_run: the read model has headers and cycles") {
  write("a.cpp", "#include \"b.hpp\"\n");
  write("b.hpp", "#include \"c.hpp\"\n");
  write("c.hpp", "#include \"b.hpp\"\n");
  run();
  with_node([this](const node& running) {
    session_client client{running.system(), running.services()};
    const auto counted = client.caught_up(dependencies::name);
    REQUIRE(counted);
    dependencies::state now;
    REQUIRE(json_reader{}.read(counted->state_json, now));
    CHECK(now.trees == 1);
    CHECK(now.project == std::filesystem::absolute(tree).lexically_normal().string());
    CHECK(now.figures.most_included.at(0) == header_use{"b.hpp", 2});
    CHECK(now.figures.cycle_count == 1);
    CHECK(now.figures.cycles.at(0) == include_cycle{2, {"b.hpp", "c.hpp"}});
  });
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

TEST_CASE_FIXTURE(
  assistant_world, "analysis_run: one that is stopped ends its session, and the next goes on") {
  for (int i = 0; i < 9; ++i)
    write("f" + std::to_string(i) + ".cpp", "int f() { return 1; }\n");
  with_node([this](const node& running) {
    for (const std::string_view at : {"looking for sources", "comparing", "analysing"}) {
      CAPTURE(at);
      const auto stopped =
        run_in(running, tree, [at](std::string_view what, std::uint64_t done, std::uint64_t total) {
          return what != at || done < total / 2;
        });
      REQUIRE_FALSE(stopped);
      CHECK(stopped.error().code == errc::stopped);
    }
  });
  const auto outcome = run();
  CHECK(outcome.run.unchanged == 4);
  CHECK(outcome.run.analysed == 5);
  CHECK(outcome.sessions == session_summary::state{.sessions = 2, .completed_analyses = 9});
}

TEST_CASE_FIXTURE(assistant_world, "analysis_run: ends what one that was killed left open") {
  write("a.cpp", "int a;\n");
  const std::string project = std::filesystem::absolute(tree).lexically_normal().string();
  with_node([&](const node& running) {
    session_client begun{running.system(), running.services()};
    REQUIRE(begun.open("ann", project));
    REQUIRE(begun.send(start_session{"ann", project}));
    session_client opened{running.system(), running.services()};
    REQUIRE(opened.open("ann", project)); // and not begun
    session_client other{running.system(), running.services()};
    REQUIRE(other.open("ann", "/elsewhere"));
  });
  const auto outcome = run();
  CHECK(outcome.sessions == session_summary::state{.sessions = 2, .completed_analyses = 1});
  with_node([&](const node& running) {
    CHECK(test::eventually([&] { // the list catches up
      const auto counts = count_sessions(*running.services().models);
      return counts && counts->active == 1 && counts->closed == 3; // active: the one elsewhere
    }));
  });
}

TEST_CASE_FIXTURE(assistant_world, "analysis_run: a tree that is none records nothing") {
  with_node([this](const node& running) {
    const auto outcome = run_in(running, folder.path() / "nowhere");
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == errc::not_found);
    CHECK(running.services().events.events().head()->position == position{0});
  });
}

TEST_CASE_FIXTURE(
  assistant_world, "analysis_run: a file that goes is named so that it harms none") {
  write("a.cpp", "int a;\n");
  const std::string name = "b\x1b[2J.cpp";
  write(name, "int b;\n");
  with_node([&](const node& running) {
    const auto outcome =
      run_in(running, tree, [&](std::string_view what, std::uint64_t, std::uint64_t) {
        if (what == "comparing")
          std::filesystem::remove(tree / name);
        return true;
      });
    REQUIRE(outcome);
    REQUIRE(outcome->skipped.size() == 1);
    CHECK(outcome->skipped[0].first == "b?[2J.cpp");
  });
}

TEST_CASE_FIXTURE(assistant_world, "analysis_run: more files than one command takes") {
  for (int i = 0; i < 200; ++i)
    write("f" + std::to_string(i) + ".cpp", "int f() { return 1; }\n");
  write("large.cpp", std::string(300 << 10, '\n'));
  const auto outcome = run();
  CHECK(outcome.run.analysed == 201);
  CHECK(outcome.tree.files == 201);
  CHECK(outcome.tree.definitions.functions == 200);
  CHECK(outcome.sessions.completed_analyses == 201);
}

} // namespace
} // namespace aiex::code_assistant
