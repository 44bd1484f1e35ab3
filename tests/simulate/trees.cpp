// Random trees of supervisors against a plain model of OTP's rules: trees [N] [--seed S]. A failure
// prints its seed and the shortest script that still fails, and ends the program with 1.
#include "support/tree_model.hpp"
#include "support/tree_run.hpp"

#include <iostream>
#include <optional>

namespace aiex::test {
namespace {

void change(tree_weather& weather, const tree_step& step) {
  using kind = tree_step::kind;
  if (step.what == kind::fail)
    weather.fails.insert(step.id);
  else if (step.what == kind::ignore)
    weather.ignores.insert(step.id);
  else if (step.what == kind::wait)
    weather.now_s += step.seconds;
  else if (step.what == kind::mend)
    weather.fails.clear(), weather.ignores.clear();
}

/// What differs between the model and the cores. Nothing: all is well.
std::optional<std::string> difference(const tree_story& story) {
  tree_weather weather{.fails = story.fails_first};
  tree_model model{weather};
  tree_run run{weather};
  const auto compare = [&](const std::string& when) -> std::optional<std::string> {
    const auto expected = model.take_trace();
    const auto seen = run.take_trace();
    std::string text;
    for (const auto& each : expected)
      text += " | " + each;
    text += "\n    ours:" + std::string{};
    for (const auto& each : seen)
      text += " | " + each;
    if (!run.broken.empty())
      return when + ": " + run.broken.front();
    if (expected != seen || model.drawing() != run.drawing())
      return when + "\n    OTP: " + text + "\n    OTP:  " + model.drawing() +
             "\n    ours: " + run.drawing();
    return std::nullopt;
  };
  model.begin(story.top);
  run.begin(story.top);
  if (auto found = compare("at the beginning"))
    return found;
  for (std::size_t i = 0; i < story.steps.size(); ++i) {
    change(weather, story.steps[i]);
    model.play(story.steps[i]);
    run.play(story.steps[i]);
    if (auto found = compare("at step " + std::to_string(i)))
      return found;
  }
  model.stop();
  run.stop();
  return compare("at the end");
}

/// Without every step that it can do without.
tree_story shrunk(tree_story story) {
  for (std::size_t i = story.steps.size(); i-- > 0;) {
    tree_story less = story;
    less.steps.erase(less.steps.begin() + static_cast<std::ptrdiff_t>(i));
    if (difference(less))
      story = less;
  }
  return story;
}

void print(const tree_node& node, unsigned depth) {
  static constexpr const char* styles[] = {"one_for_one", "one_for_all", "rest_for_one"};
  static constexpr const char* lastings[] = {"permanent", "transient", "temporary"};
  static constexpr const char* closings[] = {"never", "any_significant", "all_significant"};
  std::cout << std::string(2 * depth + 2, ' ') << node.id << ' '
            << lastings[static_cast<int>(node.how)] << (node.significant ? " significant" : "");
  if (node.supervises)
    std::cout << ' ' << styles[static_cast<int>(node.strategy)] << ' ' << node.intensity << " in "
              << node.period_s << " s " << closings[static_cast<int>(node.ends)];
  std::cout << '\n';
  for (const tree_node& each : node.children)
    print(each, depth + 1);
}

void print(const tree_story& story) {
  static constexpr const char* words[] = {"leave", "fail", "ignore", "mend", "retry", "wait",
    "start_child", "terminate", "restart", "delete"};
  static constexpr const char* reasons[] = {"normal", "shutdown", "crash"};
  print(story.top, 0);
  for (const std::string& each : story.fails_first)
    std::cout << "  at first " << each << " fails\n";
  for (const tree_step& each : story.steps)
    std::cout << "  " << words[static_cast<int>(each.what)] << ' ' << each.id << " (supervisor "
              << each.supervisor << ", " << reasons[static_cast<int>(each.reason)] << ", "
              << each.seconds << " s, restart type " << static_cast<int>(each.how) << ")\n";
}

int simulate(std::uint64_t trees, std::uint64_t seed) {
  std::uint64_t steps = 0;
  for (std::uint64_t i = 0; i < trees; ++i) {
    const tree_story story = story_teller{seed + i}.tell();
    steps += story.steps.size();
    if (!difference(story))
      continue;
    const tree_story shortest = shrunk(story);
    std::cout << "seed " << seed + i << ": " << *difference(shortest) << '\n';
    print(shortest);
    std::cout << "again: ./dev simulate --trees 1 --seed " << seed + i << '\n';
    return 1;
  }
  std::cout << trees << " trees, " << steps << " steps, seeds from " << seed
            << ": the cores do what the model of OTP does\n";
  return 0;
}

} // namespace
} // namespace aiex::test

int main(int count, char** given) {
  std::uint64_t trees = 1'000;
  std::uint64_t seed = 1;
  for (int i = 1; i < count; ++i) {
    const std::string word = given[i];
    if (word == "--seed" && i + 1 < count)
      seed = std::stoull(given[++i]);
    else
      trees = std::stoull(word);
  }
  return aiex::test::simulate(trees, seed);
}
