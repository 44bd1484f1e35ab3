#include "aiexd/verbs/event_query.hpp"

#include "aiexd/verbs/base64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace aiex {

const std::vector<std::string_view> events_keys{"stream", "from", "to", "types", "tags", "category",
  "since", "until", "correlation_id", "after", "limit", "desc", "all", "history", "cursor"};
const std::vector<std::string_view> tail_keys{"stream", "types", "tags", "category", "since",
  "until", "correlation_id", "from", "all", "history", "wait_ms", "cursor"};

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

tl::unexpected<error> other_history(const uuid& held, const uuid& now) {
  return fail(errc::history_changed,
    fmt::format("the store was restored: what you hold belongs to history {}, and now it is {}. "
                "Positions and cursors of before may mean other events; begin again without them",
      to_string(held), to_string(now)));
}

result<query> with_cursor(
  field_taker& taker, const verb_arguments& given, query asked, const uuid& history) {
  const auto held = taker.take(given.id("history"));
  const auto cursor = taker.take(given.text("cursor"));
  if (taker.problem)
    return tl::unexpected(std::move(*taker.problem));
  if (held && *held != history)
    return other_history(*held, history);
  if (cursor)
    if (auto applied = apply_cursor(*cursor, history, asked); !applied)
      return tl::unexpected(std::move(applied.error()));
  return asked;
}

/// The fields of a cursor, one after another.
class cursor_reader {
public:
  explicit cursor_reader(std::string_view text) : rest_(text) {}

  std::string_view field() {
    const std::size_t length = std::min(rest_.find('.'), rest_.size());
    is_short_ = is_short_ || is_at_end_;
    is_at_end_ = length == rest_.size();
    const std::string_view found = rest_.substr(0, length);
    rest_.remove_prefix(is_at_end_ ? length : length + 1);
    return found;
  }
  template <class Number>
  Number number() {
    return of<Number>(field());
  }
  template <class Number>
  std::optional<Number> number_or_none() {
    const std::string_view text = field();
    return text == "-" ? std::nullopt : std::optional{of<Number>(text)};
  }
  /// Whether all fields were there, each as it should be, and nothing more.
  bool is_whole() const { return is_right_ && is_at_end_ && !is_short_; }

private:
  template <class Number>
  Number of(std::string_view text) {
    Number value{};
    const char* const end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, value);
    is_right_ = is_right_ && problem == std::errc{} && stop == end;
    return value;
  }

  std::string_view rest_;
  bool is_at_end_ = false;
  bool is_short_ = false;
  bool is_right_ = true;
};

std::string time_text(const std::optional<timestamp>& time) {
  return time ? std::to_string(microseconds_of(*time)) : "-";
}

std::optional<timestamp> time_at(const std::optional<std::int64_t>& microseconds) {
  return microseconds ? std::optional{timestamp{std::chrono::microseconds{*microseconds}}}
                      : std::nullopt;
}

/// `text` with a raw line break as a space. Between the tokens of JSON they mean the same, and
/// inside a text there are none.
std::string on_one_line(std::string_view text) {
  std::string line{text};
  std::replace_if(
    line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

} // namespace

result<query> events_query_of(const verb_arguments& given, timestamp now, const uuid& history) {
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
  return with_cursor(taker, given, std::move(asked), history);
}

result<query> tail_query_of(
  const verb_arguments& given, timestamp now, const uuid& history, position head) {
  field_taker taker;
  query asked = filters_of(taker, given, now);
  const auto from = taker.take(given.number("from"));
  asked.after = from ? position{*from == 0 ? 0 : *from - 1} : head;
  return with_cursor(taker, given, std::move(asked), history);
}

std::string to_cursor(const query& rest, const uuid& history) {
  return fmt::format("{}.{}.{}.{}.{}.{}.{}.{}", to_string(history), rest.after.value,
    rest.up_to.value, rest.from_version, rest.to_version,
    rest.limit ? std::to_string(*rest.limit) : "-", time_text(rest.since), time_text(rest.until));
}

result<void> apply_cursor(std::string_view cursor, const uuid& history, query& into) {
  cursor_reader read{cursor};
  const auto held = parse_uuid(read.field());
  query found = into;
  found.after = {read.number<std::uint64_t>()};
  found.up_to = {read.number<std::uint64_t>()};
  found.from_version = read.number<std::uint64_t>();
  found.to_version = read.number<std::uint64_t>();
  found.limit = read.number_or_none<std::uint64_t>();
  found.since = time_at(read.number_or_none<std::int64_t>());
  found.until = time_at(read.number_or_none<std::int64_t>());
  if (!held || !read.is_whole())
    return fail(errc::invalid_history,
      "\"cursor\" is not one that this verb answered: begin again without it");
  if (*held != history)
    return other_history(*held, history);
  into = std::move(found);
  return {};
}

std::string to_line(const recorded_event& event) {
  std::string line = fmt::format(R"({{"position":{},"stream":{},"version":{},"type":{},"id":"{}",)",
    event.position.value, json_text(event.stream), event.version, json_text(event.type),
    to_string(event.id));
  if (event.content == content_type::json)
    line += "\"data\":" + on_one_line(event.data);
  else
    line += "\"data_base64\":\"" + to_base64(event.data) + '"';
  const std::string metadata = event.metadata.empty() ? "{}" : on_one_line(event.metadata);
  line += fmt::format(
    R"(,"metadata":{},"correlation_id":{},"causation_id":{},"recorded_at":"{}","node":{})",
    metadata, json_text(event.correlation_id), json_text(event.causation_id),
    to_string(event.recorded_at), json_text(event.node));
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
