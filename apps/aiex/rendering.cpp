#include "aiex/rendering.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <sstream>

namespace aiex::tool {

namespace {

using json = nlohmann::ordered_json;

/// Text without quotes where that is unmistakable and harmless.
std::string cell(const json& value) {
  if (value.is_null())
    return "";
  const std::string written = value.dump();
  if (!value.is_string())
    return written;
  const std::string inner = written.substr(1, written.size() - 2);
  std::string shown;
  for (std::size_t at = 0; at < inner.size(); ++at) {
    const bool is_escape = inner[at] == '\\' && (inner[at + 1] == '"' || inner[at + 1] == '\\');
    if (is_escape)
      ++at;
    if (inner[at] == '\x7f')
      shown += "\\u007f";
    else
      shown += inner[at];
  }
  return shown;
}

std::string bold(const std::string& text, const rendering& how) {
  return how.has_colour ? "\x1b[1m" + text + "\x1b[0m" : text;
}

/// How wide a text in UTF-8 is; good enough for scripts without double width.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
    text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }));
}

std::string padded(std::string text, std::size_t to) {
  const std::size_t now = width(text);
  text.append(to > now ? to - now : 0, ' ');
  return text;
}

std::string fields(const json& object, const rendering& how) {
  std::size_t widest = 0;
  for (const auto& [key, value] : object.items())
    widest = std::max(widest, width(key));
  std::string text;
  for (const auto& [key, value] : object.items())
    text += (how.is_plain ? key + "\t" : bold(padded(key, widest + 2), how)) + cell(value) + "\n";
  return text;
}

/// Columns are the keys of all rows, in the order of their first use.
std::string rows(const std::vector<json>& objects, const rendering& how, table_form& form) {
  auto& keys = form.keys;
  auto& widths = form.widths;
  const bool is_first = keys.empty();
  for (const auto& object : objects)
    for (const auto& [key, value] : object.items())
      if (std::ranges::find(keys, key) == keys.end())
        keys.push_back(key);
  for (std::size_t column = 0; column < keys.size(); ++column) {
    if (column == widths.size())
      widths.push_back(width(keys[column]));
    for (const auto& object : objects)
      widths[column] = std::max(widths[column], width(cell(object.value(keys[column], json{}))));
  }
  const auto line = [&](const auto& text_of) {
    std::string text;
    for (std::size_t column = 0; column < keys.size(); ++column) {
      const bool is_last = column + 1 == keys.size();
      const std::string each = text_of(keys[column]);
      text += how.is_plain || is_last ? each : padded(each, widths[column]);
      text += is_last ? "" : how.is_plain ? "\t" : "  ";
    }
    return text;
  };
  std::string text;
  if (!how.is_plain && is_first && keys.size() > 1)
    text += bold(line([](const std::string& key) { return key; }), how) + "\n";
  for (const auto& object : objects)
    text += line([&](const std::string& key) { return cell(object.value(key, json{})); }) + "\n";
  return text;
}

std::string events(const std::vector<json>& objects, const rendering& how) {
  const std::string gap = how.is_plain ? "\t" : "  ";
  std::string text;
  for (const auto& event : objects) {
    const auto of = [&](const char* key) { return cell(event.value(key, json{})); };
    const std::string data = event.contains("data") ? event["data"].dump() : of("data_base64");
    text += (how.is_plain ? of("position") : padded(of("position"), 6)) + gap + of("recorded_at") +
            gap + of("stream") + "@" + of("version") + gap + bold(of("type"), how) + gap + data +
            "\n";
  }
  return text;
}

void add_branch(const json& node, std::size_t depth, const rendering& how, std::string& text) {
  constexpr std::size_t depth_max = 64; // nobody nests supervisors as deep; bounds the recursion
  const auto of = [&](const char* key) { return cell(node.value(key, json{})); };
  text += std::string(2 * depth, ' ') + bold(of(node.contains("name") ? "name" : "id"), how);
  for (const char* key : {"kind", "strategy", "status"})
    if (!of(key).empty())
      text += "  " + of(key);
  if (!of("restarts").empty() && of("restarts") != "0")
    text += "  restarts " + of("restarts");
  if (node.value("suspended", json{}) == true)
    text += "  suspended";
  text += "\n";
  const auto children = node.find("children");
  if (children == node.end() || !children->is_array() || depth == depth_max)
    return;
  for (const auto& child : *children)
    if (child.is_object())
      add_branch(child, depth + 1, how, text);
}

} // namespace

std::string render(const std::string& body, const rendering& how, table_form* form) {
  const bool is_lines = how.shown == view::rows || how.shown == view::events;
  std::vector<json> objects;
  std::istringstream in(body);
  for (std::string line; std::getline(in, line, is_lines ? '\n' : '\0');) {
    if (line.empty())
      continue;
    auto object = json::parse(line, nullptr, false);
    if (!object.is_object())
      return body.ends_with('\n') ? body : body + "\n";
    objects.push_back(std::move(object));
  }
  if (objects.empty())
    return "";
  std::string text;
  table_form own;
  switch (how.shown) {
  case view::fields: return fields(objects.front(), how);
  case view::rows: return rows(objects, how, form == nullptr ? own : *form);
  case view::events: return events(objects, how);
  case view::tree: add_branch(objects.front(), 0, how, text); return text;
  case view::text: break;
  }
  text = objects.front().value("text", std::string{});
  return text.empty() || text.ends_with('\n') ? text : text + "\n";
}

} // namespace aiex::tool
