#include "aiex/persistence/codec/json_parts.hpp"

#include <simdjson.h>

namespace aiex {

namespace {

namespace ondemand = simdjson::ondemand;

/// What stands there, from its first to its last byte.
std::optional<std::string> text_of(ondemand::value value) {
  std::string_view text;
  if (simdjson::to_json_string(value).get(text) != simdjson::SUCCESS)
    return std::nullopt;
  return std::string{text.substr(0, text.find_last_not_of(" \t\r\n") + 1)};
}

} // namespace

std::optional<std::string> json_member(std::string_view object, std::string_view key) {
  const simdjson::padded_string padded{object};
  ondemand::parser parser;
  ondemand::document document;
  ondemand::object fields;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(fields) != simdjson::SUCCESS)
    return std::nullopt;
  for (auto field : fields) {
    std::string_view name;
    ondemand::value value;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS)
      return std::nullopt;
    if (name == key)
      return field.value().get(value) == simdjson::SUCCESS ? text_of(value) : std::nullopt;
  }
  return std::nullopt;
}

std::vector<std::string> json_items(std::string_view list) {
  std::vector<std::string> items;
  const simdjson::padded_string padded{list};
  ondemand::parser parser;
  ondemand::document document;
  ondemand::array found;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_array().get(found) != simdjson::SUCCESS)
    return items;
  for (auto item : found) {
    ondemand::value value;
    auto text = item.get(value) == simdjson::SUCCESS ? text_of(value) : std::nullopt;
    if (!text)
      break;
    items.push_back(std::move(*text));
  }
  return items;
}

} // namespace aiex
