#include "aiex/actors/typed/given.hpp"

#include "code_assistant/session.hpp"

#include <doctest/doctest.h>

namespace aiex::code_assistant {
namespace {

const session_started started{"ann", "/p"};
const context_loaded loaded{"/p", 2, 30, 1, 1, 0, 0, 0};

code_analysis_completed completed(std::string path) {
  return {"/p", analyse_file(std::move(path), "int x;\n")};
}

TEST_CASE("session: begins, loads its context, reports files, ends") {
  CHECK(given<session>().when(start_session{"ann", "/p"}) == aiex::events(started));
  CHECK(given<session>(started).when(load_context{loaded}) == aiex::events(loaded));
  CHECK(given<session>(started, loaded)
          .when(complete_analyses{{completed("a.c").results, completed("b.c").results}}) ==
        aiex::events(completed("a.c"), completed("b.c")));
  CHECK(given<session>(started, loaded).when(complete_analyses{}) == aiex::events());
  CHECK(given<session>(started, loaded).when(remove_source{"a.c"}) ==
        aiex::events(source_removed{"/p", "a.c"}));
  const include_figures figures{3, 1, {{"a.h", 2}}, {{"vector", 1}}, 0, {}};
  CHECK(given<session>(started, loaded).when(resolve_includes{figures}) ==
        aiex::events(includes_resolved{"/p", figures}));
  CHECK(given<session>(started, loaded, completed("a.c"), completed("b.c")).when(end_session{}) ==
        aiex::events(session_ended{2}));
}

TEST_CASE("session: the context belongs to the session's project, whatever the command says") {
  context_loaded other = loaded;
  other.project = "/q";
  CHECK(given<session>(started).when(load_context{other}) == aiex::events(loaded));
}

TEST_CASE("session: refuses what comes at the wrong time") {
  const auto fresh = given<session>();
  const auto open = given<session>(started);
  const auto working = given<session>(started, loaded);
  const auto over = given<session>(started, loaded, session_ended{0});
  const complete_analyses done{{completed("a.c").results}};

  CHECK(fresh.when(load_context{loaded}) == aiex::refuse("not_started"));
  CHECK(fresh.when(done) == aiex::refuse("not_started"));
  CHECK(fresh.when(end_session{}) == aiex::refuse("not_started"));
  CHECK(open.when(start_session{"ann", "/p"}) == aiex::refuse("already_started"));
  CHECK(open.when(done) == aiex::refuse("not_loaded"));
  CHECK(open.when(remove_source{"a.c"}) == aiex::refuse("not_loaded"));
  CHECK(working.when(load_context{loaded}) == aiex::refuse("already_loaded"));
  CHECK(over.when(done) == aiex::refuse("session_ended"));
  CHECK(over.when(load_context{loaded}) == aiex::refuse("session_ended"));
  CHECK(over.when(remove_source{"a.c"}) == aiex::refuse("session_ended"));
  CHECK(open.when(resolve_includes{}) == aiex::refuse("not_loaded"));
  CHECK(over.when(resolve_includes{}) == aiex::refuse("session_ended"));
  CHECK(over.when(end_session{}) == aiex::refuse("session_ended"));
  CHECK(over.when(start_session{"ann", "/p"}) == aiex::refuse("already_started"));
}

} // namespace
} // namespace aiex::code_assistant
