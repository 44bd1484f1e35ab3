#include "aiex/actors/runtime/read_verbs.hpp"
#include "aiex/command_line.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace aiex::tool {

namespace {

using nlohmann::json;

/// JSON is put together as text, so that what was typed is sent as it was typed: `1e2` stays that.
class object_text {
public:
  void add(std::string_view key, const std::string& value) {
    text_ += text_.size() == 1 ? "" : ",";
    text_ += "\"" + std::string(key) + "\":" + value;
  }
  std::string finish() && { return std::move(text_) + "}"; }

private:
  std::string text_ = "{";
};

result<std::string> quoted(const parameter& of, const std::string& text) {
  try {
    return json(text).dump();
  } catch (const json::exception&) {
    return fail(errc::invalid_argument, std::string(of.name) + " is not UTF-8");
  }
}

result<std::string> number_text(const parameter& of, const std::string& text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end)
    return fail(
      errc::invalid_argument, std::string(of.name) + " takes a whole number, not \"" + text + "\"");
  return std::to_string(number);
}

result<std::string> json_text(const parameter& of, std::string text) {
  if (json::accept(text))
    return text;
  return fail(errc::invalid_data, std::string(of.name) + " is not JSON: " + text.substr(0, 60));
}

result<std::string> value_text(
  const parameter& of, const std::string& given, const read_text& read) {
  switch (of.kind) {
  case value_kind::text: return quoted(of, given);
  case value_kind::number: return number_text(of, given);
  case value_kind::flag: return std::string("true");
  case value_kind::expected:
    if (given == "any" || given == "none" || given == "exists")
      return "\"" + given + "\"";
    return number_text(of, given);
  case value_kind::json: break;
  }
  if (given != "-")
    return json_text(of, given);
  auto text = read(given);
  return text ? json_text(of, std::move(*text)) : text;
}

result<std::string> list_text(
  const parameter& of, const std::vector<std::string>& given, const read_text& read) {
  std::string list = "[";
  for (const auto& each : given) {
    auto text = value_text(of, each, read);
    if (!text)
      return text;
    list += (list.size() == 1 ? "" : ",") + *text;
  }
  return list + "]";
}

/// JSON Lines as one JSON list. Empty lines are skipped.
result<std::string> batch_text(const std::string& lines) {
  std::istringstream in(lines);
  std::string list = "[";
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos)
      continue;
    if (line[first] != '{' || !json::accept(line))
      return fail(
        errc::invalid_data, "line " + std::to_string(number) + " of the batch is no JSON object");
    list += (list.size() == 1 ? "" : ",") + line;
  }
  if (list.size() == 1)
    return fail(errc::missing_required_fields, "the batch has no events");
  return list + "]";
}

result<void> check_append(const invocation& wish) {
  if (!wish.has("--batch"))
    return wish.has("TYPE") ? result<void>{}
                            : fail(errc::missing_required_fields,
                                "append needs a TYPE, or --batch FILE for several events");
  for (const auto& [name, values] : wish.values)
    if (name != "--batch" && name != "STREAM" && name != "--expect")
      return fail(errc::invalid_argument, "with --batch, " + name + " stands in the batch's lines");
  return {};
}

} // namespace

result<request> make_request(const invocation& wish, const read_text& read) {
  object_text arguments;
  const bool is_append = wish.what->sent == "append";
  if (is_append)
    if (auto right = check_append(wish); !right)
      return tl::unexpected(right.error());
  const auto add = [&](const parameter& each) -> result<void> {
    const auto given = wish.values.find(std::string(each.name));
    if (each.key.empty() || given == wish.values.end())
      return {};
    auto text = each.is_repeated ? list_text(each, given->second, read)
                                 : value_text(each, given->second.front(), read);
    if (!text)
      return tl::unexpected(text.error());
    arguments.add(each.key, *text);
    return {};
  };
  for (const auto* group : {&wish.what->positionals, &wish.what->options})
    for (const auto& each : *group)
      if (auto added = add(each); !added)
        return tl::unexpected(added.error());
  if (wish.reads_locally && is_read(wish.what->sent))
    arguments.add(read_key, '"' + std::string{read_local} + '"');
  if (!wish.has("--batch")) {
    if (is_append && !wish.has("JSON"))
      arguments.add("data", "{}");
    return request{std::string(wish.what->sent), std::move(arguments).finish()};
  }
  auto lines = read(wish.value("--batch"));
  auto events = lines ? batch_text(*lines) : lines;
  if (!events)
    return tl::unexpected(events.error());
  arguments.add("events", *events);
  return request{"append_batch", std::move(arguments).finish()};
}

} // namespace aiex::tool
