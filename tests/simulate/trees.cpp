// Random trees of supervisors against a plain model of OTP's rules: trees [N] [--seed S]. A failure
// prints its seed and the shortest script that still fails, and ends the program with 1.
#include "support/tree_core_crowd.hpp"
#include "support/tree_model_crowd.hpp"
#include "support/tree_print.hpp"
#include "support/tree_teller.hpp"

#include <iostream>
#include <optional>

namespace aiex::test {
namespace {

struct rules_of_otp {
  template <class World>
  using supervisor = model_supervisor<World>;
  template <class World>
  using crowd = model_crowd<World>;
};

struct rules_of_ours {
  template <class World>
  using supervisor = supervisor_of_core<World>;
  template <class World>
  using crowd = crowd_of_core<World>;
};

/// What differs between the model and the cores. Nothing: all is well.
std::optional<std::string> difference(const tree_story& story) {
  tree_world<rules_of_otp> model{story};
  tree_world<rules_of_ours> cores{story};
  const auto compare = [&](const std::string& when) -> std::optional<std::string> {
    const auto expected = model.take_trace();
    const auto seen = cores.take_trace();
    if (!model.broken.empty())
      return when + ", the model: " + model.broken.front();
    if (!cores.broken.empty())
      return when + ": " + cores.broken.front();
    if (expected == seen && model.drawing() == cores.drawing())
      return std::nullopt;
    return when + "\n  OTP: " + joined(expected) + "\n  ours:" + joined(seen) +
           "\n  OTP:  " + model.drawing() + "\n  ours: " + cores.drawing();
  };
  model.begin(story.top);
  cores.begin(story.top);
  if (auto found = compare("at the beginning"))
    return found;
  for (std::size_t i = 0; i < story.steps.size(); ++i) {
    model.play(story.steps[i]);
    cores.play(story.steps[i]);
    if (auto found = compare("at step " + std::to_string(i + 1)))
      return found;
  }
  model.stop();
  cores.stop();
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

int simulate(std::uint64_t trees, std::uint64_t seed) {
  std::uint64_t steps = 0;
  for (std::uint64_t i = 0; i < trees; ++i) {
    const tree_story story = story_teller{seed + i}.tell();
    steps += story.steps.size();
    if (!difference(story))
      continue;
    const tree_story shortest = shrunk(story);
    std::cout << "seed " << seed + i << ", after " << i << " trees: " << *difference(shortest)
              << '\n';
    print(std::cout, shortest);
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
