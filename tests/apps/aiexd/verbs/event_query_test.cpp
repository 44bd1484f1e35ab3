#include "aiexd/verbs/event_query.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

const timestamp now{std::chrono::seconds{1'000'000}};

result<query> asked(std::string_view arguments) {
  auto given = verb_arguments::parse(arguments, events_keys);
  if (!given)
    return tl::unexpected(given.error());
  return events_query_of(*given, now);
}

TEST_CASE("event_query: every filter arrives") {
  const auto all = asked(R"({"stream":"s","from":2,"to":9,"types":["a","b"],"tags":["t"],
    "category":"c","since":"-1h","until":"now","correlation_id":"x","after":4,"limit":5,
    "desc":true,"all":true})");
  REQUIRE(all);
  query expected;
  expected.stream = "s";
  expected.from_version = 2;
  expected.to_version = 9;
  expected.types = {"a", "b"};
  expected.tags = {"t"};
  expected.categories = {"c"};
  expected.since = now - std::chrono::hours{1};
  expected.until = now;
  expected.correlation_id = "x";
  expected.after = {4};
  expected.limit = 5;
  expected.order = direction::descending;
  expected.system = true;
  CHECK(*all == expected);
  CHECK(asked("{}") == query{});
}

TEST_CASE("event_query: what is wrong is refused") {
  for (const char* arguments : {R"({"from":2})", R"({"limit":-1})", R"({"since":"tomorrow"})",
         R"({"desc":1})", R"({"types":7})", R"({"unknown":7})"}) {
    CAPTURE(arguments);
    CHECK(asked(arguments).error().code == errc::invalid_argument);
  }
}

TEST_CASE("event_query: a cursor carries the bounds of what is left, and nothing else") {
  query rest;
  rest.after = {7};
  rest.from_version = 3;
  rest.limit = 2;
  query applied;
  REQUIRE(apply_cursor(to_cursor(rest), applied));
  CHECK(applied == rest);
  rest.limit = std::nullopt;
  REQUIRE(apply_cursor(to_cursor(rest), applied));
  CHECK(applied == rest);
  for (const char* cursor : {"", "1", "1.2.3.4", "1.2.3.4.", "1.2.3.4.5.6", "a.b.c.d.e",
         "1.2.3.4.-5", "-.2.3.4.5", "1.2.3.4.--", "99999999999999999999.2.3.4.5"}) {
    CAPTURE(cursor);
    const auto refused = apply_cursor(cursor, applied);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::invalid_history);
  }
}

TEST_CASE("event_query: an event is one line, whatever its data looks like") {
  recorded_event event;
  event.position = {3};
  event.version = 1;
  event.stream = "a \"b\"";
  event.type = "t";
  event.data = "{\n \"x\": 12345678901234567890123\n}";
  event.node = "n";
  const std::string line = to_line(event);
  CHECK(line.find('\n') == line.size() - 1);
  CHECK(line.find("12345678901234567890123") != std::string::npos);
  const auto read = json_value::parse(line);
  CHECK(read["stream"] == "a \"b\"");
  CHECK(read["metadata"] == json_value::object());
  CHECK_FALSE(read.contains("tags"));
  event.content = content_type::bytes;
  event.schema = 2;
  event.data = "f";
  const auto bytes = json_value::parse(to_line(event));
  CHECK(bytes["data_base64"] == "Zg==");
  CHECK(bytes["schema"] == 2);
}

} // namespace
} // namespace aiex
