#include "aiex/persistence/base/limits.hpp"

#include "aiexd/verbs/append_arguments.hpp"

#include <doctest/doctest.h>

namespace aiex {
namespace {

const uuid made_id = *parse_uuid("01932c4e-0000-7000-8000-000000000001");

uuid make_id() {
  return made_id;
}

result<append_request> publish(std::string_view arguments) {
  auto given = verb_arguments::parse(arguments, publish_keys);
  if (!given)
    return tl::unexpected(given.error());
  return publish_request_of(*given, make_id);
}

result<append_request> append(std::string_view arguments) {
  auto given = verb_arguments::parse(arguments, append_keys);
  if (!given)
    return tl::unexpected(given.error());
  return append_request_of(*given, make_id);
}

TEST_CASE("publish: each field that is missing or wrong has an error of its own") {
  const std::pair<const char*, errc> rows[] = {
    {R"({})", errc::missing_required_fields},
    {R"({"event":{}})", errc::missing_required_fields},
    {R"({"event":{"type":"t","aggregate_id":"a"}})", errc::missing_required_fields},
    {R"({"event":{"aggregate_id":"a","data":{}}})", errc::missing_required_fields},
    {R"({"event":{"type":"t","data":{}}})", errc::missing_required_fields},
    {R"({"event":{"type":"t","aggregate_id":"","data":{}}})", errc::invalid_stream},
    {R"({"event":{"type":"t","aggregate_id":7,"data":{}}})", errc::invalid_stream},
    {R"({"event":{"type":"","aggregate_id":"a","data":{}}})", errc::invalid_type},
    {R"({"event":{"type":7,"aggregate_id":"a","data":{}}})", errc::invalid_type},
    {R"({"event":{"type":"t","aggregate_id":"a","data":[1]}})", errc::invalid_data},
    {R"({"event":{"type":"t","aggregate_id":"a","data":{},"id":"x"}})", errc::invalid_id},
    {R"({"event":{"type":"t","aggregate_id":"a","data":{},"id":7}})", errc::invalid_id},
    {R"({"event":{"type":"t","aggregate_id":"a","data":{},"metadata":1}})", errc::invalid_metadata},
    {R"({"event":{"type":"t","aggregate_id":"a","data":{},"more":1}})", errc::invalid_argument},
    {R"({"event":7})", errc::invalid_argument},
    {R"({"event":{"type":"t","aggregate_id":"a","stream":"b","data":{}}})", errc::invalid_argument},
  };
  for (const auto& [arguments, code] : rows) {
    CAPTURE(arguments);
    const auto request = publish(arguments);
    REQUIRE_FALSE(request);
    CHECK(request.error().code == code);
  }
}

TEST_CASE("publish: an id is made, and the correlation id is kept or made") {
  const auto bare = publish(R"({"event":{"type":"t","aggregate_id":"a-1","data":{"z":1,"a":2}}})");
  REQUIRE(bare);
  const event& made = bare->parts.front().events.front();
  CHECK(bare->parts.front().stream == "a-1");
  CHECK(made.id == made_id);
  CHECK(made.correlation_id == to_string(made_id));
  CHECK(made.data == R"({"z":1,"a":2})"); // as it was written
  const auto kept =
    publish(R"({"event":{"type":"t","stream":"a","data":{},"correlation_id":"c"}})");
  REQUIRE(kept);
  CHECK(kept->parts.front().events.front().correlation_id == "c");
}

TEST_CASE("data and metadata are what the caller wrote, byte for byte") {
  const std::string odd = R"({ "n":1e2, "m":0.10,"d":3.14159265358979323846264338327950288 })";
  const auto one =
    append(R"({"stream":"s","type":"t","data":)" + odd + R"(,"metadata": {"a" :1.0}})");
  REQUIRE(one);
  CHECK(one->parts.front().events.front().data == odd);
  CHECK(one->parts.front().events.front().metadata == R"({"a" :1.0})");

  const auto null = append(R"({"stream":"s","type":"t","data":null,"metadata":null})");
  REQUIRE(null);
  CHECK(null->parts.front().events.front().data == "null");
  CHECK(null->parts.front().events.front().metadata.empty());

  const auto published = publish(R"({"event":{"type":"t","aggregate_id":"a","data":)" + odd + "}}");
  REQUIRE(published);
  CHECK(published->parts.front().events.front().data == odd);

  const auto given = verb_arguments::parse(
    R"({"stream":"s","events":[{"type":"t","data": 1.50 }, {"type":"t","data":)" + odd + "}]}",
    append_batch_keys);
  REQUIRE(given);
  const auto batch = append_batch_request_of(*given, make_id);
  REQUIRE(batch);
  CHECK(batch->parts.front().events.at(0).data == "1.50");
  CHECK(batch->parts.front().events.at(1).data == odd);
}

TEST_CASE("append: expectations, base64 and what is refused") {
  const auto expected = [](const char* text) {
    const auto request = append(R"({"stream":"s","type":"t","expect":)" + std::string{text} + "}");
    REQUIRE(request);
    return request->parts.front().expected;
  };
  CHECK(expected("7") == expected_version::exactly(7));
  CHECK(expected("\"none\"") == expected_version::none());
  CHECK(expected("\"exists\"") == expected_version::exists());
  CHECK(expected("\"any\"") == expected_version::any());
  const auto bytes = append(R"({"stream":"s","type":"t","data_base64":"AP8="})");
  REQUIRE(bytes);
  CHECK(bytes->parts.front().events.front().data == std::string("\0\xff", 2));
  CHECK(bytes->parts.front().events.front().content == content_type::bytes);

  const std::pair<const char*, errc> rows[] = {
    {R"({"type":"t"})", errc::missing_required_fields},
    {R"({"stream":"s"})", errc::missing_required_fields},
    {R"({"stream":"s","type":"t","expect":-1})", errc::invalid_argument},
    {R"({"stream":"s","type":"t","expect":"some"})", errc::invalid_argument},
    {R"({"stream":"s","type":"t","data_base64":"?"})", errc::invalid_data},
    {R"({"stream":"s","type":"t","data":1,"data_base64":""})", errc::invalid_data},
    {R"({"stream":"s","type":"t","tags":[1]})", errc::invalid_argument},
    {R"({"stream":"s","stream":"t"})", errc::invalid_argument},
    {R"([])", errc::invalid_argument},
    {R"({)", errc::invalid_argument},
  };
  for (const auto& [arguments, code] : rows) {
    CAPTURE(arguments);
    const auto request = append(arguments);
    REQUIRE_FALSE(request);
    CHECK(request.error().code == code);
  }
}

TEST_CASE("append_batch: too many events are refused, and a bad one is named") {
  const auto batch = [](const std::string& events) {
    auto given =
      verb_arguments::parse(R"({"stream":"s","events":)" + events + "}", append_batch_keys);
    REQUIRE(given);
    return append_batch_request_of(*given, make_id);
  };
  CHECK(batch("[]").error().code == errc::missing_required_fields);
  CHECK(batch(R"([{"type":"a"},{"type":7}])").error().message.find("event 2") != std::string::npos);
  std::string many = "[";
  for (std::size_t i = 0; i < limits::events_per_append_max; ++i)
    many += R"({"type":"t"},)";
  CHECK(batch(many.substr(0, many.size() - 1) + "]"));
  CHECK(batch(many + R"({"type":"t"}])").error().code == errc::batch_too_large);
}

TEST_CASE("verb_arguments: nesting has a limit") {
  const auto nested = [](int depth) {
    return R"({"data":)" + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + "}";
  };
  CHECK(verb_arguments::parse(nested(argument_depth_max - 1), append_keys));
  CHECK_FALSE(verb_arguments::parse(nested(argument_depth_max), append_keys));
}

} // namespace
} // namespace aiex
