// The code assistant: keeps what is known of a source tree, as events. See arguments.hpp.
#include "aiex/persistence/store/local_store.hpp"

#include "code_assistant/analysis_run.hpp"
#include "code_assistant/arguments.hpp"
#include "code_assistant/progress_bar.hpp"

#include <cstdio>
#include <cstdlib>

namespace aiex::code_assistant {
namespace {

timestamp system_time() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

uuid make_id() {
  static uuid_maker maker{system_random};
  const auto since = system_time().time_since_epoch();
  return maker.make(static_cast<std::uint64_t>(
    std::chrono::duration_cast<std::chrono::milliseconds>(since).count()));
}

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

result<analysis_outcome> run(const arguments& given) {
  auto store = local_store::open({.folder = given.data, .node = "node1", .make_id = make_id});
  if (!store)
    return tl::unexpected(std::move(store.error()));
  progress_bar bar;
  auto outcome = run_analysis(*store,
    {.tree = given.tree,
      .user = user_name(),
      .node = store->identity().node,
      .clock = system_time,
      .make_id = make_id},
    [&bar](std::string_view what, std::uint64_t done, std::uint64_t total) {
      bar.show(what, done, total);
    });
  if (auto closed = store->close(); !closed && outcome)
    return tl::unexpected(std::move(closed.error()));
  return outcome;
}

int complain(const error& why, int status) {
  std::fprintf(
    stderr, "error: %s [%s]\n", why.message.c_str(), std::string{name(why.code)}.c_str());
  return status;
}

} // namespace
} // namespace aiex::code_assistant

int main(int count, char** words) {
  using namespace aiex::code_assistant;
  const auto given = parse_arguments({words + 1, static_cast<std::size_t>(count - 1)});
  if (!given)
    return complain(given.error(), 2);
  if (given->wants_help) {
    std::fwrite(usage.data(), 1, usage.size(), stdout);
    return 0;
  }
  const auto outcome = run(*given);
  if (!outcome)
    return complain(outcome.error(), 1);
  print_skipped(*outcome);
  const std::string text = report(outcome->run, outcome->tree, outcome->sessions);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}
