#include "aiex/rendering.hpp"

#include <doctest/doctest.h>

namespace aiex::tool {
namespace {

TEST_CASE("rendering: for people, and with tabs for programs") {
  CHECK(render(R"({"head":7,"name":"n","x":[1]})", {}) == "head  7\nname  n\nx     [1]\n");
  CHECK(render(R"({"head":7})", {.is_plain = true}) == "head\t7\n");
  const std::string lines = "{\"name\":\"a\",\"n\":1}\n{\"name\":\"long\",\"m\":2}\n";
  CHECK(render(lines, {.shown = view::rows}) == "name  n  m\na     1  \nlong     2\n");
  CHECK(render(lines, {.shown = view::rows, .is_plain = true}) == "a\t1\t\nlong\t\t2\n");
  CHECK(render("", {.shown = view::rows}).empty());
  CHECK(render(R"({"text":"a 1\nb 2"})", {.shown = view::text}) == "a 1\nb 2\n");
  CHECK(render("hello", {}) == "hello\n");
}

TEST_CASE("rendering: events and trees") {
  CHECK(render(R"({"position":9,"stream":"a-1","version":2,"type":"t","data":{"n":1},)"
               R"("recorded_at":"2026-01-01T00:00:00.000000Z"})",
          {.shown = view::events, .is_plain = true}) ==
        "9\t2026-01-01T00:00:00.000000Z\ta-1@2\tt\t{\"n\":1}\n");
  CHECK(render(R"({"id":"aiexd","kind":"supervisor","restarts":0,)"
               R"("children":[{"id":"bus","status":"running","restarts":2},)"
               R"({"id":"bank","status":"running","suspended":true}]})",
          {.shown = view::tree}) ==
        "aiexd  supervisor\n  bus  running  restarts 2\n  bank  running  suspended\n");
}

TEST_CASE("rendering: no text steers the terminal") {
  const std::string shown = render(R"({"a":"\u001b[2J\n\u007f\"\\"})", {});
  CHECK(shown == "a  \\u001b[2J\\n\\u007f\"\\\n");
}

} // namespace
} // namespace aiex::tool
