#include "aiexd/verbs/append_arguments.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/json_parts.hpp"

#include "aiexd/verbs/base64.hpp"

#include <fmt/format.h>

namespace aiex {

const std::vector<std::string_view> append_keys{"stream", "type", "data", "data_base64", "expect",
  "id", "correlation_id", "causation_id", "metadata", "tags"};
const std::vector<std::string_view> append_batch_keys{"stream", "expect", "events"};
const std::vector<std::string_view> publish_keys{"event"};

namespace {

const std::vector<std::string_view> batch_event_keys{
  "type", "data", "data_base64", "id", "correlation_id", "causation_id", "metadata", "tags"};
const std::vector<std::string_view> published_event_keys{"type", "aggregate_id", "stream", "data",
  "id", "correlation_id", "causation_id", "metadata", "tags"};

result<void> read_data(const verb_arguments& given, event& into) {
  auto encoded = given.text("data_base64");
  if (!encoded)
    return tl::unexpected(std::move(encoded.error()));
  auto data = given.written("data");
  if (*encoded && given.has("data"))
    return fail(errc::invalid_data, "give either \"data\" or \"data_base64\", not both");
  if (data)
    into.data = std::move(*data);
  if (*encoded) {
    auto bytes = from_base64(**encoded);
    if (!bytes)
      return fail(errc::invalid_data, "\"data_base64\" is not base64 with its padding");
    into.data = std::move(*bytes);
    into.content = content_type::bytes;
  }
  return {};
}

/// Everything of an event but its stream.
result<event> event_of(const verb_arguments& given, const id_source& make_id) {
  event made;
  auto id = given.id("id");
  auto type = given.required_text("type");
  auto correlation = given.text("correlation_id");
  auto causation = given.text("causation_id");
  auto tags = given.texts("tags");
  if (!type)
    return tl::unexpected(std::move(type.error()));
  if (!id)
    return tl::unexpected(std::move(id.error()));
  if (!correlation)
    return tl::unexpected(std::move(correlation.error()));
  if (!causation)
    return tl::unexpected(std::move(causation.error()));
  if (!tags)
    return tl::unexpected(std::move(tags.error()));
  if (auto data = read_data(given, made); !data)
    return tl::unexpected(std::move(data.error()));
  if (const json_value* metadata = given.find("metadata")) {
    if (!metadata->is_object())
      return fail(errc::invalid_metadata, "\"metadata\" must be a JSON object");
    made.metadata = given.written("metadata").value_or("");
  }
  made.id = *id ? **id : make_id();
  made.type = std::move(*type);
  made.correlation_id = correlation->value_or("");
  made.causation_id = causation->value_or("");
  made.tags = std::move(*tags);
  return made;
}

append_request request_of(
  std::string stream, expected_version expected, std::vector<event> events) {
  append_request request;
  request.parts.push_back({std::move(stream), expected, std::move(events)});
  return request;
}

/// The fields that the guide asks for, each with an error of its own.
result<std::string> check_published(const verb_arguments& event) {
  const bool is_aggregate = event.has("aggregate_id");
  std::string missing;
  if (!event.has("type"))
    missing += " type";
  if (!is_aggregate && !event.has("stream"))
    missing += " aggregate_id";
  if (!event.has("data"))
    missing += " data";
  if (!missing.empty())
    return fail(errc::missing_required_fields, "the event lacks:" + missing);
  if (is_aggregate && event.has("stream") && *event.find("stream") != *event.find("aggregate_id"))
    return fail(errc::invalid_argument,
      R"(the event's "aggregate_id" and "stream" are two words for one thing, and differ)");
  const json_value& stream = *event.find(is_aggregate ? "aggregate_id" : "stream");
  if (!stream.is_string() || stream.get_ref<const std::string&>().empty())
    return fail(errc::invalid_stream, "the event's \"aggregate_id\" must be a text, not empty");
  const json_value& type = *event.find("type");
  if (!type.is_string() || type.get_ref<const std::string&>().empty())
    return fail(errc::invalid_type, "the event's \"type\" must be a text, not empty");
  if (!event.find("data")->is_object())
    return fail(errc::invalid_data, "the event's \"data\" must be a JSON object");
  return stream.get<std::string>();
}

} // namespace

result<expected_version> expected_version_of(const verb_arguments& given) {
  const json_value* expected = given.find("expect");
  if (expected == nullptr || *expected == "any")
    return expected_version::any();
  if (*expected == "exists")
    return expected_version::exists();
  if (*expected == "none")
    return expected_version::none();
  if (expected->is_number_unsigned())
    return expected_version::exactly(expected->get<std::uint64_t>());
  return fail(errc::invalid_argument,
    R"("expect" must be "any", "exists", "none" or a whole number, but is )" +
      to_text(*expected).substr(0, 80));
}

result<append_request> append_request_of(const verb_arguments& given, const id_source& make_id) {
  auto stream = given.required_text("stream");
  if (!stream)
    return tl::unexpected(std::move(stream.error()));
  auto expected = expected_version_of(given);
  if (!expected)
    return tl::unexpected(std::move(expected.error()));
  auto made = event_of(given, make_id);
  if (!made)
    return tl::unexpected(std::move(made.error()));
  return request_of(std::move(*stream), *expected, {std::move(*made)});
}

result<append_request> append_batch_request_of(
  const verb_arguments& given, const id_source& make_id) {
  auto stream = given.required_text("stream");
  if (!stream)
    return tl::unexpected(std::move(stream.error()));
  auto expected = expected_version_of(given);
  if (!expected)
    return tl::unexpected(std::move(expected.error()));
  const json_value* events = given.find("events");
  if (events == nullptr || !events->is_array() || events->empty())
    return fail(errc::missing_required_fields, "\"events\" must be a list of at least one event");
  if (events->size() > limits::events_per_append_max)
    return fail(
      errc::batch_too_large, fmt::format("{} events are more than the {} that one append may have",
                               events->size(), limits::events_per_append_max));
  std::vector<event> made;
  for (std::string& each : json_items(given.written("events").value_or(""))) {
    const std::string what = fmt::format("event {} of the batch", made.size() + 1);
    auto fields = verb_arguments::of(std::move(each), batch_event_keys, what);
    if (!fields)
      return tl::unexpected(std::move(fields.error()));
    auto one = event_of(*fields, make_id);
    if (!one)
      return fail(one.error().code, what + ": " + one.error().message);
    made.push_back(std::move(*one));
  }
  return request_of(std::move(*stream), *expected, std::move(made));
}

result<append_request> publish_request_of(const verb_arguments& given, const id_source& make_id) {
  auto map = given.written("event");
  if (!map)
    return fail(errc::missing_required_fields, "\"event\" is missing");
  auto fields = verb_arguments::of(std::move(*map), published_event_keys, "the event's fields");
  if (!fields)
    return tl::unexpected(std::move(fields.error()));
  auto stream = check_published(*fields);
  if (!stream)
    return tl::unexpected(std::move(stream.error()));
  auto made = event_of(*fields, make_id);
  if (!made)
    return tl::unexpected(std::move(made.error()));
  if (made->correlation_id.empty())
    made->correlation_id = to_string(made->id);
  return request_of(std::move(*stream), expected_version::any(), {std::move(*made)});
}

json_value to_append_json(const append_request& request, const append_result& answer) {
  const appended_part& part = answer.parts.front();
  json_value object{{"stream", request.parts.front().stream}, {"version", part.version},
    {"position", part.last_position.value},
    {"id", to_string(request.parts.front().events.front().id)},
    {"recorded_at", to_string(answer.recorded_at)}};
  if (answer.repeated)
    object["repeated"] = true;
  return object;
}

json_value to_batch_json(const append_request& request, const append_result& answer) {
  const appended_part& part = answer.parts.front();
  json_value object{{"stream", request.parts.front().stream}, {"first_version", part.first_version},
    {"version", part.version}, {"first_position", part.first_position.value},
    {"position", part.last_position.value}, {"count", request.parts.front().events.size()}};
  if (answer.repeated)
    object["repeated"] = true;
  return object;
}

} // namespace aiex
