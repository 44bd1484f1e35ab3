#include "aiexd/verbs/event_query.hpp"

#include "aiexd/verbs/base64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace aiex {

const std::vector<std::string_view> events_keys{"stream", "from", "to", "types", "tags", "category",
  "since", "until", "correlation_id", "after", "limit", "desc", "all", "cursor"};
const std::vector<std::string_view> tail_keys{"stream", "types", "tags", "category", "since",
  "until", "correlation_id", "from", "all", "wait_ms", "cursor"};

namespace {

/// Takes values out of arguments and remembers the first error.
class field_taker {
public:
  template <class Value>
  Value take(result<Value> value) {
    if (value)
      return std::move(*value);
    if (!problem)
      problem = std::move(value.error());
    return {};
  }

  std::optional<error> problem;
};

std::optional<timestamp> time_of(
  field_taker& taker, const verb_arguments& given, std::string_view key, timestamp now) {
  const auto text = taker.take(given.text(key));
  if (!text)
    return std::nullopt;
  return taker.take(parse_timestamp(*text, now));
}

query filters_of(field_taker& taker, const verb_arguments& given, timestamp now) {
  query asked;
  asked.stream = taker.take(given.text("stream"));
  asked.types = taker.take(given.texts("types"));
  asked.tags = taker.take(given.texts("tags"));
  asked.categories = taker.take(given.texts("category"));
  asked.since = time_of(taker, given, "since", now);
  asked.until = time_of(taker, given, "until", now);
  asked.correlation_id = taker.take(given.text("correlation_id"));
  asked.system = taker.take(given.flag("all"));
  return asked;
}

result<query> with_cursor(field_taker& taker, const verb_arguments& given, query asked) {
  const auto cursor = taker.take(given.text("cursor"));
  if (taker.problem)
    return tl::unexpected(std::move(*taker.problem));
  if (cursor)
    if (auto applied = apply_cursor(*cursor, asked); !applied)
      return tl::unexpected(std::move(applied.error()));
  return asked;
}

/// `text` with a raw line break as a space. Between the tokens of JSON they mean the same, and
/// inside a text there are none.
std::string on_one_line(std::string_view text) {
  std::string line{text};
  std::replace_if(
    line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

std::string quoted(std::string_view text) {
  return to_text(json_value(text));
}

} // namespace

result<query> events_query_of(const verb_arguments& given, timestamp now) {
  field_taker taker;
  query asked = filters_of(taker, given, now);
  const auto from = taker.take(given.number("from"));
  const auto to = taker.take(given.number("to"));
  if ((from || to) && !asked.stream && !taker.problem)
    return fail(errc::invalid_argument,
      "\"from\" and \"to\" are versions of a stream: name it, or use \"after\" with a position");
  asked.from_version = std::max<std::uint64_t>(from.value_or(1), 1);
  asked.to_version = to.value_or(asked.to_version);
  asked.after = {taker.take(given.number("after")).value_or(0)};
  asked.limit = taker.take(given.number("limit"));
  if (taker.take(given.flag("desc")))
    asked.order = direction::descending;
  return with_cursor(taker, given, std::move(asked));
}

result<query> tail_query_of(const verb_arguments& given, timestamp now, position head) {
  field_taker taker;
  query asked = filters_of(taker, given, now);
  const auto from = taker.take(given.number("from"));
  asked.after = from ? position{*from == 0 ? 0 : *from - 1} : head;
  return with_cursor(taker, given, std::move(asked));
}

std::string to_cursor(const query& rest) {
  return fmt::format("{}.{}.{}.{}.{}", rest.after.value, rest.up_to.value, rest.from_version,
    rest.to_version, rest.limit ? std::to_string(*rest.limit) : "-");
}

result<void> apply_cursor(std::string_view cursor, query& into) {
  std::array<std::uint64_t, 5> numbers{};
  const char* at = cursor.data();
  const char* const end = at + cursor.size();
  bool is_ours = true;
  bool has_limit = true;
  for (std::size_t i = 0; i < numbers.size() && is_ours; ++i) {
    if (i == 4 && std::string_view{at, end} == "-") {
      has_limit = false;
      at = end;
      break;
    }
    const auto [stop, problem] = std::from_chars(at, end, numbers[i]);
    const bool is_last = i + 1 == numbers.size();
    is_ours = problem == std::errc{} && (is_last ? stop == end : stop != end && *stop == '.');
    at = is_last ? stop : stop + 1;
  }
  if (!is_ours || at != end)
    return fail(errc::invalid_history,
      "\"cursor\" is not one that this verb answered: begin again without it");
  into.after = {numbers[0]};
  into.up_to = {numbers[1]};
  into.from_version = numbers[2];
  into.to_version = numbers[3];
  into.limit = has_limit ? std::optional{numbers[4]} : std::nullopt;
  return {};
}

std::string to_line(const recorded_event& event) {
  std::string line = fmt::format(R"({{"position":{},"stream":{},"version":{},"type":{},"id":"{}",)",
    event.position.value, quoted(event.stream), event.version, quoted(event.type),
    to_string(event.id));
  if (event.content == content_type::json)
    line += "\"data\":" + on_one_line(event.data);
  else
    line += "\"data_base64\":\"" + to_base64(event.data) + '"';
  const std::string metadata = event.metadata.empty() ? "{}" : on_one_line(event.metadata);
  line += fmt::format(
    R"(,"metadata":{},"correlation_id":{},"causation_id":{},"recorded_at":"{}","node":{})",
    metadata, quoted(event.correlation_id), quoted(event.causation_id),
    to_string(event.recorded_at), quoted(event.node));
  if (!event.tags.empty()) {
    json_value tags = json_value::array();
    for (const std::string_view tag : event.tags)
      tags.push_back(tag);
    line += ",\"tags\":" + to_text(tags);
  }
  if (event.schema != 1)
    line += ",\"schema\":" + std::to_string(event.schema);
  return line + "}\n";
}

} // namespace aiex
