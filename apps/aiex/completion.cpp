#include "aiex/completion.hpp"

#include "aiex/explanation.hpp"
#include "aiex/verb.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

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
  if (parameter == "NAME" && row.words == "groups")
    return names_wanted{"groups", prefix};
  if (row.words.starts_with("cert ") || (parameter == "--to" && row.words != "replay"))
    return {};
  const auto found = kinds_of_names.find(parameter);
  if (found == kinds_of_names.end())
    return {};
  return names_wanted{std::string(found->second), prefix};
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

/// bash breaks words at : and =, as in an address.
constexpr std::string_view bash_script = R"script(_aiex() {
  local IFS=$'\n' word joins= words=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ ( $joins || $word == [:=] ) && ${#words[@]} -gt 0 ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
    [[ $word == [:=] ]] && joins=1 || joins=
  done
  COMPREPLY=($(aiex __complete "${words[@]}" 2>/dev/null))
}
complete -o default -F _aiex aiex
)script";

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

/// What the words before the last one say.
struct place {
  std::vector<std::string> verb_words{}; ///< So far, and then the last one, if `row` is none.
  const verb* row = nullptr;
  std::size_t positionals = 0;      ///< That are there already.
  const parameter* wants = nullptr; ///< The option whose value the last word is.
  std::string node{};

  void walk_over(const std::string& word);
};

const parameter* named(const std::vector<parameter>& options, std::string_view name) {
  const auto found = std::ranges::find(options, name, &parameter::name);
  return found == options.end() ? nullptr : &*found;
}

void place::walk_over(const std::string& word) {
  const auto give = [this](std::string_view option, const std::string& value) {
    if (option == "--node" && (row == nullptr || named(row->options, option) == nullptr))
      node = value;
  };
  if (wants != nullptr)
    return give(std::exchange(wants, nullptr)->name, word);
  if (word.size() > 1 && word.starts_with('-')) {
    const auto equals = std::min(word.find('='), word.size());
    const std::string_view name = std::string_view{word}.substr(0, equals);
    const parameter* option = row == nullptr ? nullptr : named(row->options, name);
    if (option == nullptr)
      option = named(options_of_all(), name);
    if (equals < word.size())
      give(name, word.substr(equals + 1));
    else if (option != nullptr && option->kind != value_kind::flag)
      wants = option;
    return; // an unknown one is the parser's to refuse
  }
  if (row != nullptr) {
    ++positionals;
    return;
  }
  verb_words.push_back(word);
  std::string joined;
  for (const auto& each : verb_words)
    joined += (joined.empty() ? "" : " ") + each;
  row = find_verb(joined);
}

void add_options(const place& at, const std::string& start, std::vector<std::string>& into) {
  if (at.row != nullptr)
    for (const auto& option : at.row->options)
      if (option.name.starts_with(start))
        into.emplace_back(option.name);
  for (const auto& option : options_of_all())
    if (option.name.starts_with(start) && std::ranges::find(into, option.name) == into.end())
      into.emplace_back(option.name);
}

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
  place at;
  for (const auto& word : std::span(words).first(words.size() - 1))
    at.walk_over(word);
  const std::string& last = words.back();
  found.node = at.node;
  const auto offer = [&](std::string_view word) {
    if (word.starts_with(last))
      found.words.emplace_back(word);
  };
  if (at.wants != nullptr) {
    if (at.wants->name == "--read")
      for (const auto* way : {"linearizable", "local"})
        offer(way);
    else if (at.row != nullptr)
      found.live = live_names(*at.row, at.wants->name, last);
  } else if (last.starts_with('-')) {
    add_options(at, last, found.words);
  } else if (at.row == nullptr) {
    at.verb_words.push_back(last);
    add_verbs(at.verb_words, found.words);
  } else {
    if (at.row->words == "explain" && at.positionals == 0)
      for (const auto& each : explanations())
        offer(name(each.code));
    if (at.row->words == "completion" && at.positionals == 0)
      for (const auto* shell : {"bash", "fish", "zsh"})
        offer(shell);
    if (at.row->words == "sys" && at.positionals == 1)
      for (const auto* what : {"state", "statistics", "suspend", "resume", "trace"})
        offer(what);
    if (at.row->words == "sys" && at.positionals == 2)
      for (const auto* how : {"on", "off", "get"})
        offer(how);
    if (at.positionals < at.row->positionals.size())
      found.live = live_names(*at.row, at.row->positionals[at.positionals].name, last);
  }
  return found;
}

} // namespace aiex::tool
