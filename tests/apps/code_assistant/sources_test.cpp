#include "aiex/actors/typed/given.hpp"
#include "aiex/persistence/base/limits.hpp"

#include "code_assistant/session_summary.hpp"
#include "code_assistant/sources.hpp"

#include <doctest/doctest.h>

namespace aiex::code_assistant {
namespace {

code_analysis_completed completed(std::string project, std::string path, std::string_view text) {
  return {std::move(project), analyse_file(std::move(path), text)};
}

TEST_CASE("sources: the newest facts of each file of each tree") {
  projection_scenario<sources> world;
  world.on(completed("/p", "a.c", "int x;\n"), "session-1")
    .on(completed("/q", "a.c", "int y;\n"), "session-2")
    .on(completed("/p", "a.c", "int x() { return 1; }\n\n"), "session-3")
    .on(completed("/p", "b.c", "#include \"a.c\"\n"), "session-3");
  CHECK(world.state().files == 3);
  file_facts kept;
  REQUIRE(json_reader{}.read(world.rows().at(row_of("/p", "a.c")), kept));
  CHECK(kept.lines == 2);
  CHECK(kept.counts.functions == 1);
  CHECK(kept.definitions.empty());
  REQUIRE(json_reader{}.read(world.rows().at(row_of("/p", "b.c")), kept));
  CHECK(kept.includes.at(0).name == "a.c");

  world.on(source_removed{"/p", "a.c"}, "session-4");
  world.on(source_removed{"/p", "a.c"}, "session-4");
  CHECK(world.state().files == 2);
  CHECK_FALSE(world.rows().contains(row_of("/p", "a.c")));
  CHECK(world.rows().contains(row_of("/q", "a.c")));
}

TEST_CASE("sources: a path too long for a key has a row all the same") {
  projection_scenario<sources> world;
  const std::string path = std::string(400, 'd') + "/a.c";
  world.on(completed("/p", path, "int x;\n"), "session-1");
  CHECK(row_of("/p", path).size() <= limits::row_key_bytes_max);
  CHECK(row_of("/p", path).starts_with(rows_of("/p")));
  CHECK(row_of("/p", path) != row_of("/p", path + "c"));
  CHECK(world.rows().contains(row_of("/p", path)));
}

TEST_CASE("session_summary: sessions, open ones, and what they did") {
  const auto counted = projected<session_summary>(session_started{"ann", "/p"},
    completed("/p", "a.c", ""), session_started{"bob", "/q"}, completed("/q", "b.c", ""),
    source_removed{"/q", "c.c"}, session_ended{1});
  CHECK(counted == session_summary::state{
                     .sessions = 2, .active = 1, .completed_analyses = 2, .removed_sources = 1});
}

} // namespace
} // namespace aiex::code_assistant
