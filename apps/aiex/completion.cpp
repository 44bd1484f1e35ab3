#include "aiex/completion.hpp"

#include "aiex/explanation.hpp"
#include "aiex/verb.hpp"

#include <algorithm>
#include <map>
#include <span>

namespace aiex::tool {

namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// By the name of the positional or option whose value is wanted.
const std::map<std::string_view, std::string_view> kinds_of_names{{"STREAM", "streams"},
  {"TYPE", "types"}, {"CATEGORY", "categories"}, {"NAME", "projections"}, {"CHILD", "children"},
  {"--type", "types"}, {"--category", "categories"}, {"--to", "projections"}};

std::optional<names_wanted> live_names(
  const verb& row, std::string_view parameter, const std::string& prefix) {
  if (parameter == "ID" && row.words.starts_with("session"))
    return names_wanted{"sessions", prefix};
  if (parameter == "--to" && row.words != "replay")
    return {};
  const auto found = kinds_of_names.find(parameter);
  if (found == kinds_of_names.end())
    return {};
  return names_wanted{std::string(found->second), prefix};
}

/// The verb that the words begin with, and how many words it has.
std::pair<const verb*, std::size_t> verb_at_start(const std::vector<std::string>& words) {
  for (const auto& row : verbs()) {
    const auto own = words_of(row.words);
    if (own.size() < words.size() && std::ranges::equal(own, std::span(words).first(own.size())))
      return {&row, own.size()};
  }
  return {nullptr, 0};
}

void add_verbs(const std::vector<std::string>& words, std::vector<std::string>& into) {
  for (const auto& row : verbs()) {
    const auto own = words_of(row.words);
    if (own.size() < words.size())
      continue;
    const std::size_t before = words.size() - 1;
    if (std::equal(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(before), words.begin()) &&
        own[before].starts_with(words.back()) && std::ranges::find(into, own[before]) == into.end())
      into.push_back(own[before]);
  }
}

constexpr std::string_view options_of_all[] = {
  "--at-least", "--json", "--no-input", "--node", "--plain", "--read", "--timeout"};

constexpr std::string_view bash_script = R"(_aiex() {
  local IFS=$'\n'
  COMPREPLY=($(aiex __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _aiex aiex
)";

constexpr std::string_view zsh_script = R"script(#compdef aiex
_aiex() {
  local -a found
  found=(${(f)"$(aiex __complete "${(@)words[2,CURRENT]}" 2>/dev/null)"})
  compadd -a found
}
compdef _aiex aiex
)script";

constexpr std::string_view fish_script = R"(function __aiex
  set -l words (commandline -opc) (commandline -ct)
  aiex __complete $words[2..-1] 2>/dev/null
end
complete -c aiex -f -a '(__aiex)'
)";

} // namespace

result<std::string> completion_script(std::string_view shell) {
  if (shell == "bash")
    return std::string(bash_script);
  if (shell == "zsh")
    return std::string(zsh_script);
  if (shell == "fish")
    return std::string(fish_script);
  return fail(errc::invalid_argument,
    "there is completion for bash, zsh and fish, not for \"" + std::string(shell) + "\"");
}

completion complete(const std::vector<std::string>& words) {
  completion found;
  if (words.empty())
    return found;
  const std::string& last = words.back();
  const auto [row, own] = verb_at_start(words);
  if (row == nullptr) {
    add_verbs(words, found.words);
    return found;
  }
  if (last.starts_with("-")) {
    for (const auto& option : row->options)
      if (option.name.starts_with(last))
        found.words.emplace_back(option.name);
    for (const auto name : options_of_all)
      if (name.starts_with(last))
        found.words.emplace_back(name);
    return found;
  }
  const auto option_named = [row = row](const std::string& word) {
    return std::ranges::find(row->options, word, &parameter::name);
  };
  std::size_t positional = 0;
  for (std::size_t at = own; at + 1 < words.size(); ++at) {
    const auto option = option_named(words[at]);
    if (option == row->options.end()) {
      ++positional;
      continue;
    }
    if (option->kind == value_kind::flag)
      continue;
    if (++at + 1 == words.size()) {
      found.live = live_names(*row, option->name, last);
      return found;
    }
  }
  if (row->words == "explain" && positional == 0)
    for (const auto& each : explanations())
      if (name(each.code).starts_with(last))
        found.words.emplace_back(name(each.code));
  if (positional < row->positionals.size())
    found.live = live_names(*row, row->positionals[positional].name, last);
  return found;
}

} // namespace aiex::tool
