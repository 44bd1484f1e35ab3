#include "aiex/program.hpp"

#include "aiex/await_position.hpp"
#include "aiex/cert_verbs.hpp"
#include "aiex/completion.hpp"
#include "aiex/exit_code.hpp"
#include "aiex/explanation.hpp"
#include "aiex/offline.hpp"
#include "aiex/rendering.hpp"
#include "aiex/shell.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace aiex::tool {

namespace {

constexpr std::chrono::milliseconds completion_deadline{500};

/// What the completion scripts call. Says nothing when something is wrong: a key was pressed.
int print_completion(const std::vector<std::string>& words, const surroundings& where) {
  const auto found = complete(words);
  std::string lines;
  for (const auto& word : found.words)
    lines += word + '\n';
  if (const int code = print(lines); code != exit_ok || !found.live)
    return code;
  std::vector<std::string> asked{"--plain", "names", found.live->kind};
  if (!found.live->prefix.empty())
    asked.insert(asked.end(), {"--prefix", found.live->prefix});
  if (!found.node.empty())
    asked.insert(asked.end(), {"--node", found.node});
  const auto wish = parse_command_line(asked, where.otherwise);
  const auto sent = wish ? make_request(*wish, read_file) : tl::unexpected(wish.error());
  if (!sent)
    return exit_failure;
  auto client = gateway_client::connect(wish->node,
    {.deadline = completion_deadline, .name = "aiex", .certificates = wish->certificates});
  if (!client)
    return exit_failure;
  return run_request(*wish, *sent, context_of(&*client, where)) ? exit_ok : exit_failure;
}

/// One code, or all of them.
int print_explanation(const invocation& wish, const surroundings& where) {
  std::string lines;
  view shown = view::rows;
  if (wish.has("CODE")) {
    const auto found = explain(wish.value("CODE"));
    if (!found)
      return report_error(found.error());
    lines = to_line(*found);
    shown = view::fields;
  } else {
    for (const auto& each : explanations())
      lines += to_line(each);
  }
  return print(wish.shown == output::json
                 ? lines
                 : render(lines, {shown, wish.shown == output::plain, where.colour}));
}

/// The shell's lines are run as command lines are, on its link.
int run_shell_here(const invocation& wish, const surroundings& where) {
  surroundings inner = where;
  inner.otherwise = wish.otherwise;
  inner.is_input_a_script = !where.is_input_terminal && !wish.has("-c");
  return run_shell(
    wish, where, [&inner](const std::vector<std::string>& line, gateway_client& open) {
      return run_command_line(line, inner, &open);
    });
}

int run_node_verb(const invocation& wish, const surroundings& where, gateway_client* connected) {
  const auto sent = make_request(wish, reader_of(where));
  if (!sent)
    return report_error(sent.error());
  if (auto confirmed = confirm(wish, where); !confirmed)
    return report_error(confirmed.error());
  std::optional<gateway_client> own;
  if (connected == nullptr) {
    auto client = gateway_client::connect(
      wish.node, {.deadline = wish.timeout, .name = "aiex", .certificates = wish.certificates});
    if (!client)
      return report_error(client.error());
    own = std::move(*client);
    connected = &*own;
  }
  const auto context = context_of(connected, where);
  if (wish.at_least)
    if (auto there = await_position(*wish.at_least, wish.timeout, context); !there)
      return report_error(there.error());
  const auto done = run_request(wish, *sent, context);
  return done ? exit_ok : report_error(done.error());
}

} // namespace

int run_command_line(
  const std::vector<std::string>& words, const surroundings& where, gateway_client* connected) {
  if (!words.empty() && words.front() == "__complete")
    return print_completion({words.begin() + 1, words.end()}, where);
  auto wish = parse_command_line(words, where.otherwise);
  if (!wish)
    return report_error(wish.error());
  if (!wish->help.empty())
    return print(wish->help);
  if (auto right = check_options(*wish, connected != nullptr); !right)
    return report_error(right.error());
  if (wish->what->words == "completion") {
    const auto script = completion_script(wish->value("SHELL"));
    return script ? print(*script) : report_error(script.error());
  }
  if (wish->what->words == "explain")
    return print_explanation(*wish, where);
  if (wish->what->words == "shell")
    return connected == nullptr
             ? run_shell_here(*wish, where)
             : report_error({errc::invalid_argument, "this is the shell already"});
  if (is_cert_verb(*wish)) {
    const auto done = run_cert_verb(*wish, context_of(nullptr, where));
    return done ? exit_ok : report_error(done.error());
  }
  if (is_offline(*wish)) {
    if (would_replace(*wish) && where.is_input_terminal && !wish->never_asks) {
      if (auto confirmed = confirm(*wish, where); !confirmed)
        return report_error(confirmed.error());
      wish->values["--yes"] = {"true"};
    }
    const auto done = run_offline(*wish, context_of(nullptr, where));
    return done ? exit_ok : report_error(done.error());
  }
  return run_node_verb(*wish, where, connected);
}

} // namespace aiex::tool
