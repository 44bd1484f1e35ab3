// Clusters in one thread, by seeds:
//   simulate_cluster_seeds [--seed N] [--seeds N] [--minutes N] [--totals FILE] [--lines N]
//   simulate_cluster_seeds --planted N: how many seeds it takes to find each planted fault, the
//     median of N searches
// --seed alone is one seed; else there are 1,000, or as many as --minutes allow. A file of totals
// says which seed comes next, and is added to: many seeds can be run in pieces. A failure prints
// the seed, its options and the last steps, --lines of them, and ends the program with 1.
#include "simulate/cluster/cluster_world.hpp"
#include "simulate/cluster/planted_run.hpp"

#include <charconv>
#include <chrono>
#include <iostream>
#include <limits>
#include <optional>
#include <string_view>

namespace aiex::test {
namespace {

struct wish {
  std::optional<std::uint64_t> seed{};
  std::optional<std::uint64_t> seeds{};
  std::optional<std::uint64_t> minutes{};
  std::uint64_t lines = 200;
  std::optional<std::uint64_t> planted{};
  std::optional<std::filesystem::path> totals{};
};

/// The same once more, with a trace.
void tell(std::uint64_t seed, std::size_t lines) {
  cluster_world world{options_of(seed)};
  world.trace.is_on = true;
  world.trace.lines_max = lines;
  const world_outcome again = run(world);
  for (const std::string& each : world.trace.lines())
    std::cout << each << '\n';
  for (const simulated_machine& each : world.machines)
    std::cout << describe(each) << '\n';
  std::cout << describe(world.options()) << '\n'
            << again.what << '\n'
            << "again: ./dev simulate --seed " << seed << '\n';
}

int simulate(const wish& asked) {
  totals_file all;
  if (asked.totals) {
    auto found = load_totals(*asked.totals);
    if (!found) {
      std::cerr << "error: " << found.error().message << '\n';
      return 2;
    }
    all = std::move(*found);
  }
  const std::uint64_t first = asked.seed.value_or(all.next_seed);
  const std::uint64_t usual = asked.minutes ? std::numeric_limits<std::uint64_t>::max() - first
                              : asked.seed  ? 1
                                            : 1'000;
  const std::uint64_t seeds = asked.seeds.value_or(usual);
  const auto until =
    std::chrono::steady_clock::now() + std::chrono::minutes{asked.minutes.value_or(60 * 24)};
  world_totals now;
  bool holds = true;
  std::uint64_t seed = first;
  for (; holds && seed < first + seeds && std::chrono::steady_clock::now() < until; ++seed) {
    cluster_world world{options_of(seed)};
    const world_outcome found = run(world);
    holds = found.rule.empty();
    if (!holds)
      tell(seed, asked.lines);
    else
      now += found.totals;
  }
  if (holds)
    std::cout << "from seed " << first << ", all rules hold: " << describe(now) << '\n';
  if (!asked.totals)
    return holds ? 0 : 1;
  all.next_seed = holds ? seed : seed - 1; // again, when it is mended
  all.totals += now;
  if (const auto saved = save_totals(*asked.totals, all); !saved) {
    std::cerr << "error: " << saved.error().message << '\n';
    return 2;
  }
  std::cout << "in all: " << describe(all.totals) << '\n';
  return holds ? 0 : 1;
}

int find_planted(std::size_t searches) {
  std::cout << "| planted fault | median of seeds | found by |\n|---|---|---|\n";
  for (int i = 0; i <= static_cast<int>(last_planted_fault); ++i)
    std::cout << median_line(static_cast<planted_fault>(i), searches) << std::endl;
  return 0;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  return is_whole && value > 0 ? std::optional{value} : std::nullopt;
}

/// False: that is no option, or no value of it.
bool take(wish& into, std::string_view word, std::string_view value) {
  if (word == "--totals") {
    into.totals = std::string{value};
    return !value.empty();
  }
  const auto count = number(value);
  if (!count)
    return false;
  if (word == "--seed")
    into.seed = count;
  else if (word == "--seeds")
    into.seeds = count;
  else if (word == "--minutes" && *count <= 60 * 24)
    into.minutes = count;
  else if (word == "--lines")
    into.lines = *count;
  else if (word == "--planted")
    into.planted = count;
  else
    return false;
  return true;
}

} // namespace
} // namespace aiex::test

int main(int count, char** given) {
  aiex::test::wish asked;
  for (int i = 1; i < count; i += 2) {
    if (i + 1 < count && aiex::test::take(asked, given[i], given[i + 1]))
      continue;
    std::cerr
      << "error: '" << given[i]
      << "': give --seed, --seeds, --minutes, --lines or --planted and a number, or --totals and a "
         "file\n";
    return 2;
  }
  return asked.planted ? aiex::test::find_planted(*asked.planted) : aiex::test::simulate(asked);
}
