// The code assistant: keeps what is known of a source tree, as events. See arguments.hpp.
#include "aiex/exit_code.hpp"
#include "aiex/persistence/store/verify_child.hpp"
#include "aiex/surroundings.hpp"

#include "aiexd/node.hpp"
#include "application/attendance.hpp"
#include "code_assistant/analysis_run.hpp"
#include "code_assistant/arguments.hpp"
#include "code_assistant/other_nodes.hpp"
#include "code_assistant/progress_bar.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace aiex::code_assistant {
namespace {

const std::string program = "code_assistant";

std::string user_name() {
  const char* name = std::getenv("USER"); // before any thread was started
  return name == nullptr || *name == '\0' ? "unknown" : name;
}

void print_skipped(const analysis_outcome& outcome) {
  constexpr std::size_t shown_max = 20;
  std::size_t shown = 0;
  for (const auto& [path, why] : outcome.skipped) {
    if (++shown > shown_max)
      break;
    std::fprintf(stderr, "skipped %s: %s\n", path.c_str(), why.c_str());
  }
  if (outcome.skipped.size() > shown_max)
    std::fprintf(stderr, "and %zu more\n", outcome.skipped.size() - shown_max);
}

int complain(const error& why, int status) {
  std::fprintf(
    stderr, "error: %s [%s]\n", why.message.c_str(), std::string{name(why.code)}.c_str());
  return status;
}

/// Looks at the tree and prints what the read models then know.
result<void> analyse(
  const node& running, const arguments& given, const std::atomic<bool>& is_told_to_end) {
  progress_bar bar;
  const auto outcome =
    run_analysis(running.system(), running.services(), {.tree = given.tree, .user = user_name()},
      [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
        bar.show(what, done, total);
        return !is_told_to_end;
      });
  bar.clear();
  if (!outcome)
    return tl::unexpected(outcome.error());
  print_skipped(*outcome);
  const std::string text = report(outcome->run, outcome->tree, outcome->sessions);
  const auto written = tool::write_output(text);
  return written ? result<void>{} : tl::unexpected(written.error());
}

/// Leaves the node to whoever sits at the terminal.
int stay(const attendance& here, node& running) {
  std::fprintf(stderr,
    "\n%s\nThe node goes on: `state session ID`, `projections`, `events --limit 5 --desc`, `tree`; "
    "Ctrl-D ends it.\n",
    running.ready_line().c_str());
  return here.run_shell(running, program);
}

/// With the others of the cluster, if there are to be any.
result<void> analyse_in_cluster(
  const node& running, const arguments& given, const std::atomic<bool>& is_told_to_end) {
  const auto told = [&is_told_to_end] { return is_told_to_end.load(); };
  if (auto all = await_cluster(running, given.nodes, told); !all)
    return all;
  if (auto done = analyse(running, given, is_told_to_end); !done)
    return done;
  const auto same = await_same(running, told);
  if (!same)
    return tl::unexpected(same.error());
  return tool::write_output(*same) ? result<void>{} : fail(errc::io, "cannot write the report");
}

/// A further node of a cluster, until it is told to stop.
int serve(const arguments& given) {
  const attendance here; // before the node has threads
  const endpoint any_port{"127.0.0.1", 0};
  result<std::unique_ptr<node>> running;
  here.run([&](const std::atomic<bool>& told) {
    running = node::start({.name = std::string{given.name},
                            .data = std::string{given.data},
                            .listen = any_port,
                            .join = {std::string{given.join}},
                            .http = std::nullopt},
      {assistant_part()}, end_process_of(program), {}, [&told] { return told.load(); });
  });
  if (!running)
    return complain(running.error(), tool::exit_code_of(running.error().code));
  std::fprintf(stdout, "%s\n", (*running)->ready_line().c_str());
  std::fflush(stdout);
  const int status = here.wait();
  return stop(**running, program, status);
}

node_config first_node(const arguments& given) {
  const endpoint any_port{"127.0.0.1", 0};
  const bool is_alone = given.nodes == 1;
  return {.name = is_alone ? "node1" : "n1",
    .data = std::string{given.data} + (is_alone ? "" : "-n1"),
    .listen = any_port,
    .http = any_port};
}

int run(const arguments& given) {
  const attendance here; // before the node has threads
  auto running = node::start(first_node(given), {assistant_part()}, end_process_of(program));
  if (!running)
    return complain(running.error(), tool::exit_code_of(running.error().code));
  auto others =
    other_nodes::start(given.nodes - 1, std::string{given.data}, to_string((*running)->listen()));
  if (!others)
    return complain(others.error(), tool::exit_code_of(others.error().code));
  result<void> done;
  const bool was_interrupted = here.run([&](const std::atomic<bool>& told) {
    done = given.nodes == 1 ? analyse(**running, given, told)
                            : analyse_in_cluster(**running, given, told);
  });
  int status = was_interrupted ? tool::exit_interrupted : 0;
  if (!done)
    status = complain(done.error(), was_interrupted ? tool::exit_interrupted : 1);
  else if (!was_interrupted && ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1)
    status = stay(here, **running);
  return stop(**running, program, status);
}

} // namespace
} // namespace aiex::code_assistant

int main(int count, char** words) {
  using namespace aiex::code_assistant;
  if (const auto status = aiex::run_as_verify_child(count, words))
    return *status;
  const auto given = parse_arguments({words + 1, static_cast<std::size_t>(count - 1)});
  if (!given)
    return complain(given.error(), 2);
  if (given->wants_help) {
    std::fwrite(usage.data(), 1, usage.size(), stdout);
    return 0;
  }
  return given->name.empty() ? run(*given) : serve(*given);
}
