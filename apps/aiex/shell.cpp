#include "aiex/shell.hpp"

#include "aiex/completion.hpp"
#include "aiex/exit_code.hpp"
#include "aiex/interrupt.hpp"
#include "aiex/line_editor.hpp"
#include "aiex/shell_command.hpp"
#include "aiex/shell_line.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>

namespace aiex::tool {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds completion_deadline{500};

constexpr std::string_view shell_help =
  "the verbs of `aiex`, without it (--help lists them), and\n"
  "  at VERSION   state and events STREAM as of that version, until `at now`\n"
  "  at VERSION state …    for this line alone\n"
  "  \\timing     say how long each took, or stop saying it\n"
  "  \\watch N    repeat the last line every N seconds, until Ctrl-C\n"
  "  \\help       this\n"
  "  \\quit       leave, as Ctrl-D\n";

class shell {
public:
  shell(gateway_client& client, line_runner run_line)
      : client_(client), run_line_(std::move(run_line)) {}

  bool has_ended() const { return has_ended_; }

  /// "tested> ", or "tested@3> " as of version 3.
  std::string prompt() const {
    return client_.node().node + (version_ ? "@" + std::to_string(*version_) : "") + "> ";
  }

  int run(const std::string& line) {
    auto command = read_shell_command(line);
    if (!command)
      return report_error(command.error());
    using kind = shell_command::kind;
    switch (command->what) {
    case kind::nothing: break;
    case kind::quit: has_ended_ = true; break;
    case kind::help: return print(std::string(shell_help));
    case kind::timing:
      has_timing_ = !has_timing_;
      std::cerr << "timing is " << (has_timing_ ? "on" : "off") << '\n';
      break;
    case kind::at: version_ = command->version; break;
    case kind::watch: return watch(command->every);
    case kind::verb:
      last_ = told_version(std::move(command->words), command->version);
      return run_timed(last_);
    }
    return exit_ok;
  }

  /// Words that may stand last on the line.
  std::vector<std::string> completions(const std::vector<std::string>& words) {
    auto found = complete(words);
    if (!found.live)
      return found.words;
    const nlohmann::json asked{{"kind", found.live->kind}, {"prefix", found.live->prefix}};
    const auto reply = client_.call("names", asked.dump(), completion_deadline);
    std::size_t at = 0;
    while (reply && at < reply->body.size()) {
      const auto end = std::min(reply->body.find('\n', at), reply->body.size());
      const auto name = nlohmann::json::parse(reply->body.substr(at, end - at), nullptr, false);
      if (name.is_object() && name.contains("name") && name["name"].is_string())
        found.words.push_back(name["name"].get<std::string>());
      at = end + 1;
    }
    return found.words;
  }

private:
  int run_timed(const std::vector<std::string>& words) {
    const auto start = clock::now();
    int code = exit_ok;
    {
      const cancel_on_interrupt guard(client_);
      code = run_line_(words, client_);
      if (guard.was_interrupted())
        code = exit_interrupted;
    }
    const std::chrono::duration<double, std::milli> taken = clock::now() - start;
    if (has_timing_)
      std::cerr << taken.count() << " ms\n";
    return code;
  }

  /// `own` stands on the line; else what `at` said before counts, for those that know versions.
  std::vector<std::string> told_version(
    std::vector<std::string> words, std::optional<std::uint64_t> own) const {
    const auto version = own ? own : version_;
    auto told = version ? as_of(words, *version) : std::nullopt;
    return told ? std::move(*told) : std::move(words);
  }

  int watch(std::chrono::seconds every) {
    if (last_.empty())
      return report_error({errc::invalid_argument, "\\watch repeats the line before it"});
    for (;;) {
      if (const int code = run_timed(last_); code != exit_ok)
        return code;
      const cancel_on_interrupt guard(client_);
      if (guard.wait_until(clock::now() + every))
        return exit_interrupted;
    }
  }

  gateway_client& client_;
  line_runner run_line_;
  std::vector<std::string> last_;
  std::optional<std::uint64_t> version_;
  bool has_timing_ = false;
  bool has_ended_ = false;
};

int run_terminal(shell& open, gateway_client& client) {
  line_editor editor([&open](const std::string& before) {
    auto words = split_line(before);
    if (!words)
      return std::vector<std::string>{};
    if (words->empty() || before.ends_with(' '))
      words->emplace_back();
    return open.completions(*words);
  });
  const cancel_on_interrupt between_calls(client); // else Ctrl-C there would end the shell
  while (!open.has_ended()) {
    const auto line = editor.read(open.prompt());
    if (!line)
      break;
    open.run(*line);
  }
  return exit_ok;
}

int run_script(shell& open) {
  int code = exit_ok;
  for (std::string line; code == exit_ok && !open.has_ended() && std::getline(std::cin, line);)
    code = open.run(line);
  return code;
}

} // namespace

int run_shell(const invocation& wish, const surroundings& where, line_runner run_line) {
  endpoint node = wish.node;
  if (const std::string given = wish.value("ADDR:PORT"); !given.empty()) {
    const auto parsed = parse_endpoint(given);
    if (!parsed)
      return report_error(parsed.error());
    node = *parsed;
  }
  auto client = gateway_client::connect(
    node, {.deadline = wish.timeout, .name = "aiex shell", .certificates = wish.certificates});
  if (!client)
    return report_error(client.error());
  shell open(*client, std::move(run_line));
  if (const auto lines = wish.values.find("-c"); lines != wish.values.end()) {
    int code = exit_ok;
    for (const auto& line : lines->second)
      if (code == exit_ok)
        code = open.run(line);
    return code;
  }
  return where.is_input_terminal ? run_terminal(open, *client) : run_script(open);
}

} // namespace aiex::tool
