#include "aiex/actors/typed/given.hpp"
#include "aiex/persistence/base/limits.hpp"

#include "code_assistant/dependencies.hpp"

#include <doctest/doctest.h>

namespace aiex::code_assistant {
namespace {

TEST_CASE("dependencies: the figures of each tree, and those that came last") {
  projection_scenario<dependencies> world;
  const include_figures one{3, 1, {{"a.h", 2}}, {{"vector", 1}}, 0, {}};
  const include_figures two{7, 0, {{"b.h", 5}}, {}, 1, {{2, {"a.h", "b.h"}}}};
  world.on(includes_resolved{"/p", one}, "session-1")
    .on(includes_resolved{"/q", one}, "session-2")
    .on(includes_resolved{"/p", two}, "session-3");
  CHECK(world.state() == dependencies::state{2, "/p", two});
  include_figures kept;
  REQUIRE(json_reader{}.read(world.rows().at("/p"), kept));
  CHECK(kept == two);
  REQUIRE(json_reader{}.read(world.rows().at("/q"), kept));
  CHECK(kept == one);
  world.on(includes_resolved{std::string(limits::row_key_bytes_max + 1, 'd'), one}, "session-4");
  CHECK(world.state().trees == 3);
}

TEST_CASE("dependencies: of many and long cycles the first are kept, and all are counted") {
  include_graph graph{.includes = 9, .external = 4, .most_included = {{"a.h", 2}}};
  for (std::size_t i = 0; i < cycles_kept_max + 2; ++i)
    graph.cycles.push_back(std::vector<std::string>(cycle_files_kept_max + i, "f"));
  const include_figures made = figures_of(graph);
  CHECK(made.inside == 9);
  CHECK(made.external == 4);
  CHECK(made.most_included == graph.most_included);
  CHECK(made.cycle_count == cycles_kept_max + 2);
  REQUIRE(made.cycles.size() == cycles_kept_max);
  CHECK(made.cycles.at(3).size == cycle_files_kept_max + 3);
  CHECK(made.cycles.at(3).files.size() == cycle_files_kept_max);
  CHECK(figures_of(include_graph{}) == include_figures{});
}

} // namespace
} // namespace aiex::code_assistant
