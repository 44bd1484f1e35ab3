#include "aiex/command_line.hpp"

#include "aiex/actors/runtime/read_verbs.hpp"
#include "aiex/persistence/base/timestamp.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace aiex::tool {

namespace {

constexpr std::chrono::milliseconds timeout_max = std::chrono::hours{24};

struct global_options {
  line_defaults values;
  bool is_json = false;
  bool is_plain = false;
};

void add_globals(CLI::App& app, global_options& globals) {
  app.add_option("--node", globals.values.node);
  app.add_option("--timeout", globals.values.timeout);
  app.add_option("--cert", globals.values.certificate);
  app.add_option("--key", globals.values.key);
  app.add_option("--ca", globals.values.authority);
  app.add_option("--crl", globals.values.revocations);
  app.add_flag("--json", globals.is_json);
  app.add_flag("--plain", globals.is_plain);
  app.add_flag("--no-input", globals.values.never_asks);
  app.add_option("--read", globals.values.read);
  app.add_option("--at-least", globals.values.at_least);
}

std::vector<std::string> globals_on(const CLI::App& app) {
  std::vector<std::string> said;
  for (const auto* option : app.get_options())
    if (option->count() > 0)
      said.push_back(option->get_name());
  return said;
}

using values_of = std::map<std::string, std::vector<std::string>>;

void add_parameters(CLI::App& at, const verb& row, values_of& values) {
  const auto add = [&](const parameter& each) {
    const std::string name(each.name);
    const auto keep = [&values, name](const std::vector<std::string>& given) {
      auto& kept = values[name];
      kept.insert(kept.end(), given.begin(), given.end());
      return true;
    };
    if (each.kind == value_kind::flag) {
      at.add_flag_callback(name, [&values, name] { values[name] = {"true"}; });
      return;
    }
    auto* option = at.add_option(name, keep)->type_size(1)->expected(1);
    option->allow_extra_args(false)->required(each.is_required);
    if (each.is_repeated)
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  for (const auto& each : row.positionals)
    add(each);
  for (const auto& each : row.options)
    add(each);
}

/// The app of a verb; "store" of "store stats" is made when it is first needed.
CLI::App* add_verb(CLI::App& app, const verb& row) {
  CLI::App* at = &app;
  std::string_view rest = row.words;
  while (!rest.empty()) {
    const std::string word(rest.substr(0, rest.find(' ')));
    rest = word.size() == rest.size() ? "" : rest.substr(word.size() + 1);
    const auto known =
      at->get_subcommands([&word](const CLI::App* each) { return each->get_name() == word; });
    at = known.empty() ? at->add_subcommand(word)->fallthrough() : known.front();
  }
  return at;
}

std::string help_of_all() {
  std::string help =
    "  aiex append account-42 deposited '{\"cents\":500}'\n  aiex events account-42"
    "\n  aiex tail\n\nusage: aiex [OPTION]... VERB ...\n\n"
    "  --node ADDR:PORT      the node to ask [AIEX_NODE, or 127.0.0.1:4100]\n"
    "  --cert F --key F --ca F  a client's certificate [AIEX_CERT, AIEX_KEY, AIEX_CA]\n"
    "  --crl F               nodes that have been revoked [AIEX_CRL]\n"
    "  --json, --plain       for programs: JSON, or tabs between\n"
    "  --timeout 5s          how long to wait for one answer [AIEX_TIMEOUT, or 5s]\n"
    "  --no-input            never ask; without --yes, refuse\n"
    "  --read HOW            local or linearizable [AIEX_READ, or linearizable]\n"
    "  --at-least POSITION   ask once the node has applied this position\n\n";
  for (const auto& row : verbs()) {
    std::string line = "  " + std::string(row.words);
    line.resize(std::max<std::size_t>(line.size() + 2, 24), ' ');
    help += line + std::string(row.summary) + "\n";
  }
  return help + "\naiex VERB --help says more.\n";
}

/// CLI11 would only say that some verb is needed.
std::optional<error> unknown_verb(const std::vector<std::string>& words) {
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    const auto option = std::ranges::find(options_of_all(), word, &parameter::name);
    if (option != options_of_all().end())
      at += option->kind == value_kind::flag ? 0 : 1; // its value
    else if (!word.starts_with('-'))
      return std::ranges::any_of(verbs(),
               [&](const verb& row) { return row.words.substr(0, row.words.find(' ')) == word; })
               ? std::nullopt
               : std::optional{error{
                   errc::invalid_argument, "there is no verb \"" + word + "\"; --help lists them"}};
  }
  return std::nullopt;
}

result<void> apply_reads(const line_defaults& globals, invocation& wish) {
  wish.reads_locally = globals.read == read_local;
  if (!wish.reads_locally && globals.read != read_linearizable)
    return fail(
      errc::invalid_argument, "--read takes local or linearizable, not \"" + globals.read + "\"");
  if (globals.at_least.empty())
    return {};
  std::uint64_t position = 0;
  const char* end = globals.at_least.data() + globals.at_least.size();
  const auto read = std::from_chars(globals.at_least.data(), end, position);
  if (read.ec != std::errc{} || read.ptr != end || position == 0)
    return fail(errc::invalid_argument,
      "--at-least takes a position from 1, not \"" + globals.at_least + "\"");
  wish.at_least = position;
  return {};
}

/// All three files, or none.
result<void> apply_certificates(const line_defaults& globals, invocation& wish) {
  const std::pair<const char*, const std::string&> files[] = {
    {"--cert", globals.certificate}, {"--key", globals.key}, {"--ca", globals.authority}};
  const auto given =
    std::ranges::count_if(files, [](const auto& each) { return !each.second.empty(); });
  if (given == 0)
    return {};
  for (const auto& [option, file] : files)
    if (file.empty())
      return fail(errc::missing_required_fields,
        std::string{option} + " is not given: a certificate is used with its key and the "
                              "authority's certificate, --cert, --key and --ca");
  wish.certificates = {globals.certificate, globals.key, globals.authority, globals.revocations};
  return {};
}

result<void> apply(const global_options& globals, invocation& wish) {
  if (globals.is_json && globals.is_plain)
    return fail(errc::invalid_argument, "--json and --plain exclude each other");
  const line_defaults& values = globals.values;
  wish.otherwise = values;
  wish.shown = globals.is_json ? output::json : globals.is_plain ? output::plain : values.shown;
  wish.otherwise.shown = wish.shown;
  wish.never_asks = values.never_asks;
  const auto timeout = parse_duration(values.timeout);
  if (!timeout)
    return tl::unexpected(timeout.error());
  if (*timeout > timeout_max)
    return fail(errc::invalid_argument, "--timeout is at most 24h");
  wish.timeout = *timeout;
  if (auto applied = apply_reads(values, wish); !applied)
    return applied;
  if (auto applied = apply_certificates(values, wish); !applied)
    return applied;
  if (values.node.empty())
    return {};
  auto node = parse_endpoint(values.node);
  if (!node)
    return tl::unexpected(node.error());
  wish.node = *node;
  return {};
}

} // namespace

std::string invocation::value(std::string_view name) const {
  const auto found = values.find(std::string(name));
  return found == values.end() || found->second.empty() ? "" : found->second.front();
}

result<invocation> parse_command_line(
  const std::vector<std::string>& words, const line_defaults& otherwise) {
  CLI::App app;
  app.require_subcommand(1);
  global_options globals{.values = otherwise};
  add_globals(app, globals);

  invocation wish;
  std::vector<std::pair<const verb*, CLI::App*>> apps;
  for (const auto& row : verbs())
    apps.emplace_back(&row, add_verb(app, row));
  for (const auto& [row, at] : apps) {
    add_parameters(*at, *row, wish.values);
    for (auto* parent = at->get_parent(); parent != &app; parent = parent->get_parent())
      parent->require_subcommand(1);
  }
  const auto chosen = [&]() -> const verb* {
    for (const auto& [row, at] : apps)
      if (at->parsed())
        return row;
    return nullptr;
  };
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    wish.what = chosen();
    wish.help = wish.what == nullptr ? help_of_all() : help_of(*wish.what);
    return wish;
  } catch (const CLI::ParseError& trouble) {
    if (auto unknown = unknown_verb(words))
      return tl::unexpected(*unknown);
    return fail(
      errc::invalid_argument, std::string(trouble.what()) + ". See aiex --help, aiex VERB --help");
  }
  wish.what = chosen();
  wish.said = globals_on(app);
  if (auto applied = apply(globals, wish); !applied)
    return tl::unexpected(applied.error());
  return wish;
}

result<void> check_options(const invocation& wish, bool is_in_shell) {
  const auto says = [&wish](const char* name) {
    return std::ranges::find(wish.said, name) != wish.said.end();
  };
  const std::string words{wish.what->words};
  for (const char* name : {"--node", "--cert", "--key", "--ca", "--crl"})
    if (is_in_shell && says(name))
      return fail(errc::invalid_argument,
        "a shell's lines go to the node that the shell is on, with the shell's certificate; "
        "without " +
          std::string{name} + ", or in another shell");
  if (wish.what->words == "shell" && says("--node") && wish.has("ADDR:PORT"))
    return fail(errc::invalid_argument, "shell takes either --node or ADDR:PORT");
  const bool calls =
    wish.what->words == "shell" || (!wish.what->sent.empty() && !wish.has("--data"));
  for (const char* name :
    {"--node", "--timeout", "--read", "--at-least", "--cert", "--key", "--ca", "--crl"})
    if (!calls && says(name))
      return fail(errc::invalid_argument, words + " asks no node" +
                                            (wish.has("--data") ? " when it has --data" : "") +
                                            ", so " + name + " means nothing to it; leave it out");
  return {};
}

} // namespace aiex::tool
