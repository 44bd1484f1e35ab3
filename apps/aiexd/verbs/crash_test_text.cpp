#include "aiexd/verbs/crash_test_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace aiex {

namespace {

/// As a raw string, whatever is in it.
std::string raw(std::string_view text) {
  std::string mark = "aiex";
  for (int i = 1; text.find(")" + mark + "\"") != std::string_view::npos; ++i)
    mark = fmt::format("aiex{}", i);
  return fmt::format("R\"{0}({1}){0}\"", mark, text);
}

/// What a struct of that category may well be called.
std::string identifier(std::string_view category) {
  std::string name{category};
  const auto is_fit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  std::replace_if(
    name.begin(), name.end(), [&](char c) { return !is_fit(c); }, '_');
  if (name.empty() || (name.front() >= '0' && name.front() <= '9'))
    name.insert(name.begin(), '_');
  return name;
}

/// In a comment nothing may end it, nor go on in the next line.
std::string in_comment(std::string text) {
  std::replace(text.begin(), text.end(), '\\', '/');
  return text;
}

std::string in_quotes(std::string_view text) {
  std::string safe;
  for (const char each : text) {
    if (each == '"' || each == '\\')
      safe += '\\';
    safe += each;
  }
  return '"' + safe + '"';
}

} // namespace

result<std::string> crash_test_text(const crash& seen, std::span<const told_event> happened) {
  const crash_site& site = *seen.site;
  if (!site.command.empty() && site.data.empty())
    return fail(errc::invalid_data,
      fmt::format("the command of this crash had more than {} bytes, which are not kept: it cannot "
                  "be done once more",
        crash_site::data_bytes_max));
  const std::string type = identifier(category_of(site.stream));
  const std::string doing = site.command.empty() ? "applying its last event" : site.command;
  std::string text = fmt::format("// {}: {} at version {} threw: {}\n", in_comment(seen.at),
    in_comment(doing), site.version, in_comment(seen.reason));
  if (!site.correlation_id.empty())
    text += fmt::format("// It belonged to {}.\n", in_comment(site.correlation_id));
  text +=
    fmt::format("// This test fails as long as the bug is there. Include the header of struct {0}, "
                "the\n// aggregate of category \"{1}\".\n"
                "#include \"aiex/actors/typed/given.hpp\"\n"
                "\n"
                "#include \"{0}.hpp\"\n"
                "\n"
                "#include <doctest/doctest.h>\n"
                "\n"
                "TEST_CASE({2}) {{\n"
                "  const auto replay = [] {{\n"
                "    return aiex::stored_scenario<{0}>{{\n",
      type, in_comment(std::string{category_of(site.stream)}),
      in_quotes(fmt::format("{} at version {}: {}", site.stream, site.version, doing)));
  for (const told_event& each : happened)
    text +=
      fmt::format("      {{{}, {}, {}}},\n", in_quotes(each.type), each.schema, raw(each.data));
  text += "    };\n  };\n";
  text += site.command.empty() ? "  CHECK_NOTHROW(replay());\n"
                               : fmt::format("  CHECK_NOTHROW(replay().when({}, {}));\n",
                                   in_quotes(site.command), raw(site.data));
  return text + "}\n";
}

} // namespace aiex
