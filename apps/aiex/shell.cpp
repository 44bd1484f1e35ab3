#include "aiex/shell.hpp"

#include "aiex/completion.hpp"
#include "aiex/exit_code.hpp"
#include "aiex/interrupt.hpp"
#include "aiex/line_editor.hpp"
#include "aiex/shell_line.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <iostream>
#include <mutex>

namespace aiex::tool {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds completion_deadline{500};
constexpr int watch_seconds_max = 3'600;

constexpr std::string_view shell_help =
  "the verbs of `aiex`, without it (--help lists them), and\n"
  "  \\timing     say how long each took, or stop saying it\n"
  "  \\watch N    repeat the last line every N seconds, until Ctrl-C\n"
  "  \\help       this\n"
  "  \\quit       leave, as Ctrl-D\n";

class shell {
public:
  shell(gateway_client& client, surroundings where) : client_(client), where_(std::move(where)) {}

  bool has_ended() const { return has_ended_; }

  int run(const std::string& line) {
    auto words = split_line(line);
    if (!words)
      return report_error(words.error());
    if (words->empty())
      return exit_ok;
    const std::string& first = words->front();
    if (first == "\\quit" || first == "\\q") {
      has_ended_ = true;
      return exit_ok;
    }
    if (first == "\\help") {
      std::cout << shell_help;
      return exit_ok;
    }
    if (first == "\\timing") {
      has_timing_ = !has_timing_;
      std::cerr << "timing is " << (has_timing_ ? "on" : "off") << '\n';
      return exit_ok;
    }
    if (first == "\\watch")
      return watch(words->size() > 1 ? (*words)[1] : "2");
    if (first.starts_with('\\'))
      return report_error({errc::invalid_argument, "no such thing as " + first + "; see \\help"});
    last_ = *words;
    return run_timed(*words);
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
      code = run_command_line(words, where_, &client_);
      if (guard.was_interrupted())
        code = exit_interrupted;
    }
    const std::chrono::duration<double, std::milli> taken = clock::now() - start;
    if (has_timing_)
      std::cerr << taken.count() << " ms\n";
    return code;
  }

  int watch(const std::string& text) {
    int seconds = 0;
    const char* end = text.data() + text.size();
    if (std::from_chars(text.data(), end, seconds).ptr != end || seconds < 1 ||
        seconds > watch_seconds_max || last_.empty())
      return report_error(
        {errc::invalid_argument, "\\watch takes 1 to 3600 seconds, and a line before it"});
    for (;;) {
      if (const int code = run_timed(last_); code != exit_ok)
        return code;
      const cancel_on_interrupt guard(client_);
      for (const auto until = clock::now() + std::chrono::seconds(seconds); clock::now() < until;) {
        pause_for(std::chrono::milliseconds{50}); // a signal handler cannot wake a condition
        if (guard.was_interrupted())
          return exit_interrupted;
      }
    }
  }

  static void pause_for(std::chrono::milliseconds time) {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, time, [] { return false; });
  }

  gateway_client& client_;
  surroundings where_;
  std::vector<std::string> last_;
  bool has_timing_ = false;
  bool has_ended_ = false;
};

int run_terminal(shell& open, const std::string& node) {
  line_editor editor(node + "> ", [&open](const std::string& before) {
    auto words = split_line(before);
    if (!words)
      return std::vector<std::string>{};
    if (words->empty() || before.ends_with(' '))
      words->emplace_back();
    return open.completions(*words);
  });
  while (!open.has_ended()) {
    const auto line = editor.read();
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

int run_shell(const invocation& wish, const surroundings& where) {
  endpoint node = wish.node;
  if (const std::string given = wish.value("ADDR:PORT"); !given.empty()) {
    const auto parsed = parse_endpoint(given);
    if (!parsed)
      return report_error(parsed.error());
    node = *parsed;
  }
  auto client = gateway_client::connect(node, {.deadline = wish.timeout, .name = "aiex shell"});
  if (!client)
    return report_error(client.error());
  shell open(*client, where);
  if (const auto lines = wish.values.find("-c"); lines != wish.values.end()) {
    int code = exit_ok;
    for (const auto& line : lines->second)
      if (code == exit_ok)
        code = open.run(line);
    return code;
  }
  return where.is_input_terminal ? run_terminal(open, client->node().node) : run_script(open);
}

} // namespace aiex::tool
