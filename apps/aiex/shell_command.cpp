#include "aiex/shell_command.hpp"

#include "aiex/command_line.hpp"
#include "aiex/shell_line.hpp"

#include <charconv>

namespace aiex::tool {

namespace {

using kind = shell_command::kind;
using words_of = std::vector<std::string>;

std::optional<std::uint64_t> number_of(const std::string& text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end)
    return std::nullopt;
  return number;
}

result<shell_command> alone(kind what, const words_of& words) {
  if (words.size() > 1)
    return fail(errc::invalid_argument, words.front() + " takes nothing behind it");
  return shell_command{.what = what};
}

result<shell_command> watch(const words_of& words) {
  shell_command found{.what = kind::watch};
  if (words.size() == 1)
    return found;
  const auto seconds = number_of(words[1]);
  if (words.size() > 2 || !seconds || *seconds == 0 ||
      *seconds > static_cast<std::uint64_t>(watch_max.count()))
    return fail(errc::invalid_argument,
      "\\watch takes 1 to " + std::to_string(watch_max.count()) + " seconds, or nothing");
  found.every = std::chrono::seconds(static_cast<std::int64_t>(*seconds));
  return found;
}

result<shell_command> at(const words_of& words) {
  shell_command found{.what = kind::at};
  if (words.size() == 2 && words[1] == "now")
    return found;
  found.version = words.size() > 1 ? number_of(words[1]) : std::nullopt;
  if (!found.version || *found.version == 0)
    return fail(errc::invalid_argument, "at takes a version from 1, or now");
  if (words.size() == 2)
    return found;
  found.what = kind::verb;
  found.words = {words.begin() + 2, words.end()};
  if (!as_of(found.words, *found.version))
    return fail(errc::invalid_argument,
      "at VERSION stands before a right line of state, or of events with a STREAM");
  return found;
}

} // namespace

result<shell_command> read_shell_command(std::string_view line) {
  auto words = split_line(line);
  if (!words)
    return tl::unexpected(words.error());
  if (words->empty())
    return shell_command{};
  const std::string& first = words->front();
  if (first == "\\quit" || first == "\\q")
    return alone(kind::quit, *words);
  if (first == "\\help" || first == "\\?")
    return alone(kind::help, *words);
  if (first == "\\timing")
    return alone(kind::timing, *words);
  if (first == "\\watch")
    return watch(*words);
  if (first == "at")
    return at(*words);
  if (first.starts_with('\\'))
    return fail(errc::invalid_argument, "there is no " + first + "; see \\help");
  return shell_command{.what = kind::verb, .words = std::move(*words)};
}

std::optional<words_of> as_of(const words_of& words, std::uint64_t version) {
  const auto wish = parse_command_line(words);
  if (!wish || wish->what == nullptr)
    return std::nullopt;
  const bool is_state = wish->what->words == "state";
  if (!is_state && (wish->what->words != "events" || !wish->has("STREAM")))
    return std::nullopt;
  const std::string option = is_state ? "--at" : "--to";
  words_of told = words;
  if (!wish->has(option))
    told.insert(told.end(), {option, std::to_string(version)});
  return told;
}

} // namespace aiex::tool
