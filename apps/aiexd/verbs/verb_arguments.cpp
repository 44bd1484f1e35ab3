#include "aiexd/verbs/verb_arguments.hpp"

#include "aiex/persistence/codec/json_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace aiex {

namespace {

tl::unexpected<error> wrong_type(
  std::string_view key, std::string_view wanted, const json_value& got) {
  return fail(errc::invalid_argument,
    fmt::format("argument \"{}\" must be {}, but is {}", key, wanted, got.type_name()));
}

/// What JSON leaves open and we do not: a key twice, and depth. Says why when it refuses.
class strict_reader {
public:
  bool operator()(int depth, json_value::parse_event_t event, const json_value& value) {
    using event_kind = json_value::parse_event_t;
    if (event == event_kind::object_start || event == event_kind::array_start) {
      keys_.resize(static_cast<std::size_t>(depth) + 2);
      keys_.back().clear();
      if (depth >= argument_depth_max)
        complaint = fmt::format("it is nested deeper than {}", argument_depth_max);
    }
    if (event == event_kind::key) {
      const auto& key = value.get_ref<const std::string&>();
      if (!keys_[static_cast<std::size_t>(depth)].insert(key).second)
        complaint = fmt::format("the key \"{}\" stands in it twice", key);
    }
    return true;
  }

  std::string complaint;

private:
  std::vector<std::set<std::string>> keys_;
};

} // namespace

result<verb_arguments> verb_arguments::parse(
  std::string_view text, std::span<const std::string_view> known) {
  if (text.empty())
    return verb_arguments{"{}", json_value::object()};
  std::size_t depth = 0; // before the parser builds it; brackets in texts count too far, rarely
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_text && text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      in_text = !in_text;
    else if (!in_text && (text[i] == '{' || text[i] == '['))
      ++depth;
    else if (!in_text && (text[i] == '}' || text[i] == ']') && depth > 0)
      --depth;
    if (depth > static_cast<std::size_t>(argument_depth_max))
      return fail(errc::invalid_argument,
        fmt::format("the arguments are nested deeper than {}", argument_depth_max));
  }
  return of(std::string{text}, known, "the arguments");
}

result<verb_arguments> verb_arguments::of(
  std::string text, std::span<const std::string_view> known, std::string_view what) {
  strict_reader strict;
  json_value object;
  try {
    object = json_value::parse(text, std::ref(strict));
  } catch (const json_value::exception& problem) {
    return fail(errc::invalid_argument, fmt::format("{} are not JSON: {}", what, problem.what()));
  }
  if (!strict.complaint.empty())
    return fail(errc::invalid_argument, fmt::format("{} are refused: {}", what, strict.complaint));
  if (!object.is_object())
    return fail(errc::invalid_argument,
      fmt::format("{} must be a JSON object, but is {}", what, object.type_name()));
  for (const auto& [key, value] : object.items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      return fail(errc::invalid_argument,
        fmt::format("{} have an unknown key \"{}\"; known: {}", what, key, fmt::join(known, ", ")));
  return verb_arguments{std::move(text), std::move(object)};
}

const json_value* verb_arguments::find(std::string_view key) const {
  const auto found = object_.find(std::string{key});
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> verb_arguments::written(std::string_view key) const {
  return json_member(text_, key);
}

result<std::optional<std::string>> verb_arguments::text(std::string_view key) const {
  const json_value* value = find(key);
  if (value == nullptr)
    return std::nullopt;
  if (!value->is_string())
    return wrong_type(key, "a text", *value);
  return value->get<std::string>();
}

result<std::optional<std::uint64_t>> verb_arguments::number(std::string_view key) const {
  const json_value* value = find(key);
  if (value == nullptr)
    return std::nullopt;
  if (!value->is_number_unsigned())
    return wrong_type(key, "a whole number from 0", *value);
  return value->get<std::uint64_t>();
}

result<bool> verb_arguments::flag(std::string_view key) const {
  const json_value* value = find(key);
  if (value == nullptr)
    return false;
  if (!value->is_boolean())
    return wrong_type(key, "true or false", *value);
  return value->get<bool>();
}

result<std::vector<std::string>> verb_arguments::texts(std::string_view key) const {
  std::vector<std::string> all;
  const json_value* value = find(key);
  if (value == nullptr)
    return all;
  if (value->is_string())
    return std::vector{value->get<std::string>()};
  if (!value->is_array())
    return wrong_type(key, "a list of texts", *value);
  for (const json_value& each : *value) {
    if (!each.is_string())
      return wrong_type(key, "a list of texts", each);
    all.push_back(each.get<std::string>());
  }
  return all;
}

result<std::optional<uuid>> verb_arguments::id(std::string_view key) const {
  const json_value* value = find(key);
  if (value == nullptr)
    return std::nullopt;
  const auto id =
    value->is_string() ? parse_uuid(value->get_ref<const std::string&>()) : std::nullopt;
  if (!id)
    return fail(errc::invalid_id, fmt::format("\"{}\" must be a UUID that is not nil, as "
                                              "\"01932c4e-0000-7000-8000-000000000001\", but is {}",
                                    key, to_text(*value).substr(0, 80)));
  return id;
}

result<std::string> verb_arguments::required_text(std::string_view key) const {
  auto value = text(key);
  if (!value)
    return tl::unexpected(std::move(value.error()));
  if (!*value)
    return fail(errc::missing_required_fields, fmt::format("\"{}\" is missing", key));
  return std::move(**value);
}

std::string to_text(const json_value& value) {
  return value.dump(-1, ' ', false, json_value::error_handler_t::replace);
}

std::string json_text(std::string_view text) {
  return to_text(json_value(text));
}

} // namespace aiex
