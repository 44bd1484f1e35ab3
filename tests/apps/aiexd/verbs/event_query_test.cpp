#include "aiexd/verbs/event_query.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

const timestamp now{std::chrono::seconds{1'000'000}};
const uuid history = *parse_uuid("01932c4e-0000-7000-8000-000000000001");

result<query> asked(std::string_view arguments) {
  auto given = verb_arguments::parse(arguments, events_keys);
  if (!given)
    return tl::unexpected(given.error());
  return events_query_of(*given, now, history);
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
  rest.since = timestamp{std::chrono::microseconds{-5}};
  query applied;
  REQUIRE(apply_cursor(to_cursor(rest, history), history, applied));
  CHECK(applied == rest);
  rest.limit = std::nullopt;
  rest.until = now;
  REQUIRE(apply_cursor(to_cursor(rest, history), history, applied));
  CHECK(applied == rest);
  const std::string id = to_string(history);
  for (const std::string& cursor : {std::string{}, std::string{"1"}, id, id + ".",
         id + ".1.2.3.4.5.6", id + ".1.2.3.4.5.6.", id + ".1.2.3.4.5.6.7.8", id + ".a.2.3.4.5.6.7",
         id + ".1.2.3.4.-5.6.7", id + ".-.2.3.4.5.6.7", id + ".1.2.3.4.--.6.7",
         id + ".99999999999999999999.2.3.4.5.6.7", "x" + id + ".1.2.3.4.5.6.7"}) {
    CAPTURE(cursor);
    const auto refused = apply_cursor(cursor, history, applied);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::invalid_history);
    CHECK(applied == rest);
  }
}

TEST_CASE("event_query: relative times mean the same on every page") {
  const auto page = [](std::string cursor, timestamp at) {
    const auto given = verb_arguments::parse(
      R"({"since":"-10s","until":"-1s")" + std::move(cursor) + "}", events_keys);
    REQUIRE(given);
    return events_query_of(*given, at, history);
  };
  const auto first = page("", now);
  REQUIRE(first);
  CHECK(first->since == now - std::chrono::seconds{10});
  const std::string cursor = R"(,"cursor":")" + to_cursor(*first, history) + "\"";
  CHECK(page(cursor, now + std::chrono::minutes{1}) == first);
}

TEST_CASE("event_query: what is held from before a restore is refused by name") {
  const uuid other = *parse_uuid("01932c4e-0000-7000-8000-000000000002");
  query applied;
  const auto by_cursor = apply_cursor(to_cursor(query{}, other), history, applied);
  REQUIRE_FALSE(by_cursor);
  CHECK(by_cursor.error().code == errc::history_changed);
  CHECK(by_cursor.error().message.find(to_string(other)) != std::string::npos);
  const auto by_position = asked(R"({"after":4,"history":")" + to_string(other) + "\"}");
  REQUIRE_FALSE(by_position);
  CHECK(by_position.error().code == errc::history_changed);
  CHECK(asked(R"({"after":4,"history":")" + to_string(history) + "\"}"));
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
