#include "aiex/persistence/log/append.hpp"

#include "aiex/persistence/base/limits.hpp"
#include "aiex/persistence/codec/json_check.hpp"
#include "aiex/persistence/codec/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace aiex {

namespace {

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

/// 1 to `bytes_max` bytes of UTF-8 without control characters.
bool is_name(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max && !has_control_character(text) && is_utf8(text);
}

tl::unexpected<error> malformed(
  errc code, std::string_view what, std::string_view given, std::size_t bytes_max) {
  constexpr std::size_t shown_max = 40;
  return fail(code,
    fmt::format("{} \"{}\"{} of {} bytes refused: it has to be 1 to {} bytes of UTF-8 without "
                "control characters",
      what, is_utf8(given) && !has_control_character(given) ? given.substr(0, shown_max) : "?",
      given.size() > shown_max ? "…" : "", given.size(), bytes_max));
}

result<void> check_stream(const append_request& request, const append_part& part) {
  if (part.stream.empty())
    return fail(errc::missing_required_fields, "append refused: it names no stream");
  if (!is_name(part.stream, limits::stream_bytes_max))
    return malformed(errc::invalid_stream, "stream", part.stream, limits::stream_bytes_max);
  if (is_system_name(part.stream) && !request.system && !part.events.empty())
    return fail(errc::reserved_name,
      fmt::format(
        "append to {} refused: names that begin with $ belong to the system", part.stream));
  return {};
}

result<void> check_labels(const event& each) {
  if (!each.correlation_id.empty() &&
      !is_name(each.correlation_id, limits::correlation_id_bytes_max))
    return malformed(errc::invalid_correlation_id, "correlation id", each.correlation_id,
      limits::correlation_id_bytes_max);
  if (!each.causation_id.empty() && !is_name(each.causation_id, limits::correlation_id_bytes_max))
    return malformed(errc::invalid_correlation_id, "causation id", each.causation_id,
      limits::correlation_id_bytes_max);
  if (each.tags.size() > limits::tags_per_event_max)
    return fail(
      errc::too_many_tags, fmt::format("event {} refused: it has {} tags, up to {} are possible",
                             each.type, each.tags.size(), limits::tags_per_event_max));
  std::set<std::string_view> tags;
  for (const std::string& tag : each.tags) {
    if (!is_name(tag, limits::tag_bytes_max))
      return malformed(errc::invalid_tag, "tag", tag, limits::tag_bytes_max);
    if (!tags.insert(tag).second)
      return fail(errc::invalid_tag,
        fmt::format("event {} refused: the tag \"{}\" stands twice", each.type, tag));
  }
  return {};
}

result<void> check_content(const event& each) {
  if (each.data.size() > limits::data_bytes_max)
    return fail(errc::data_too_large,
      fmt::format("event {} refused: its data has {} bytes, up to {} are possible", each.type,
        each.data.size(), limits::data_bytes_max));
  if (each.metadata.size() > limits::metadata_bytes_max)
    return fail(errc::data_too_large,
      fmt::format("event {} refused: its metadata has {} bytes, up to {} are possible", each.type,
        each.metadata.size(), limits::metadata_bytes_max));
  if (each.content != content_type::json && each.content != content_type::bytes)
    return fail(
      errc::invalid_data, fmt::format("event {} refused: unknown content type", each.type));
  if (each.content == content_type::json)
    if (auto json = check_json(each.data); !json)
      return fail(errc::invalid_data,
        fmt::format("event {} refused: its data is not JSON: {}", each.type, json.error().message));
  if (!each.metadata.empty())
    if (auto json = check_json_object(each.metadata); !json)
      return fail(errc::invalid_metadata,
        fmt::format("event {} refused: its metadata is not a JSON object: {}", each.type,
          json.error().message));
  return {};
}

result<void> check_event(const event& each) {
  if (each.type.empty())
    return fail(errc::missing_required_fields, "append refused: an event has no type");
  if (each.id.is_nil())
    return fail(errc::missing_required_fields,
      fmt::format("append refused: an event of type {} has no id", each.type));
  if (!is_name(each.type, limits::type_bytes_max))
    return malformed(errc::invalid_type, "type", each.type, limits::type_bytes_max);
  if (auto labels = check_labels(each); !labels)
    return labels;
  return check_content(each);
}

result<void> check_size(const append_request& request) {
  std::size_t count = 0;
  std::size_t bytes = 0;
  for (const append_part& part : request.parts)
    for (const event& each : part.events) {
      ++count;
      bytes += each.data.size() + each.metadata.size();
    }
  if (request.parts.size() > limits::streams_per_append_max)
    return fail(errc::batch_too_large,
      fmt::format("append refused: it names {} streams, up to {} are possible",
        request.parts.size(), limits::streams_per_append_max));
  if (count > limits::events_per_append_max)
    return fail(errc::batch_too_large,
      fmt::format("append refused: it has {} events, up to {} are possible in one batch", count,
        limits::events_per_append_max));
  if (bytes > limits::bytes_per_append_max)
    return fail(errc::batch_too_large,
      fmt::format("append refused: it has {} bytes, up to {} are possible in one batch", bytes,
        limits::bytes_per_append_max));
  return {};
}

} // namespace

std::string to_string(expected_version expected) {
  switch (expected.what()) {
  case expected_version::kind::any: return "any version";
  case expected_version::kind::exists: return "an existing stream";
  case expected_version::kind::exact: break;
  }
  return expected.version() == 0 ? "no stream" : fmt::format("version {}", expected.version());
}

std::string owner_stream(std::string_view owner) {
  return "$owner-" + std::string{owner};
}

result<void> check(const append_request& request) {
  if (request.parts.empty())
    return fail(errc::missing_required_fields, "append refused: it names no stream");
  if (!is_name(request.node, limits::node_name_bytes_max))
    return malformed(
      errc::invalid_argument, "node name", request.node, limits::node_name_bytes_max);
  if (request.owner && !is_name(request.owner->name, limits::owner_name_bytes_max))
    return malformed(
      errc::invalid_argument, "owner name", request.owner->name, limits::owner_name_bytes_max);
  if (auto size = check_size(request); !size)
    return size;
  std::set<std::string_view> streams;
  for (const append_part& part : request.parts) {
    if (auto stream = check_stream(request, part); !stream)
      return stream;
    if (!streams.insert(part.stream).second)
      return fail(errc::invalid_argument,
        fmt::format(
          "append refused: it names {} twice; put its events into one part", part.stream));
    for (const event& each : part.events)
      if (auto event = check_event(each); !event)
        return event;
  }
  return {};
}

} // namespace aiex
