// A random tree of supervisors and what happens to it: plain data that the model and the cores
// play.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace aiex::test {

enum class lasting : std::uint8_t { permanent, transient, temporary };
enum class style : std::uint8_t { one_for_one, one_for_all, rest_for_one };
enum class closing : std::uint8_t { never, any, all };
enum class leaving : std::uint8_t { normal, shutdown, crash };

struct tree_node {
  std::string id{};
  bool supervises = false;
  lasting how = lasting::permanent;
  bool significant = false;
  style strategy = style::one_for_one; // of a supervisor, as what follows
  closing ends = closing::never;
  unsigned intensity = 1;
  unsigned period_s = 5;
  std::vector<tree_node> children{};
};

struct tree_step {
  enum class kind : std::uint8_t {
    leave,
    fail,
    ignore,
    mend,
    retry,
    wait,
    start_child,
    terminate,
    restart,
    erase
  } what{};
  std::string id{};         ///< Whom it concerns.
  std::string supervisor{}; ///< Who is asked.
  leaving reason{};
  lasting how{}; ///< Of a new child.
  unsigned seconds = 0;
};

struct tree_story {
  tree_node top{};
  std::set<std::string> fails_first{}; ///< These do not start at first.
  std::vector<tree_step> steps{};
};

/// Which starts go wrong just now, and what time it is.
struct tree_weather {
  std::set<std::string> fails{};
  std::set<std::string> ignores{};
  std::int64_t now_s = 0;
};

class story_teller {
public:
  explicit story_teller(std::uint64_t seed) : random_(seed) {}

  tree_story tell() {
    tree_story story{node(0, true, closing::never)};
    if (below(10) == 0)
      story.fails_first.insert(any(ids_));
    for (unsigned left = below(60); left > 0; --left)
      story.steps.push_back(step());
    return story;
  }

private:
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  const std::string& any(const std::vector<std::string>& of) {
    return of[below(static_cast<unsigned>(of.size()))];
  }

  tree_node node(unsigned depth, bool supervises, closing above) {
    tree_node made{.id = "c" + std::to_string(ids_.size()), .supervises = supervises};
    ids_.push_back(made.id);
    made.how = static_cast<lasting>(below(3));
    made.significant = above != closing::never && made.how != lasting::permanent && below(2) == 0;
    if (!supervises)
      return made;
    supervisors_.push_back(made.id);
    made.strategy = static_cast<style>(below(3));
    made.ends = static_cast<closing>(below(3));
    made.intensity = below(5);
    made.period_s = 1 + below(6);
    for (unsigned left = below(5); left > 0; --left)
      above_[made.children.emplace_back(node(depth + 1, depth < 3 && below(3) == 0, made.ends))
               .id] = made.id;
    return made;
  }

  tree_step step() {
    using kind = tree_step::kind;
    static constexpr kind often[] = {kind::leave, kind::leave, kind::leave, kind::leave, kind::fail,
      kind::ignore, kind::mend, kind::retry, kind::retry, kind::retry, kind::wait,
      kind::start_child, kind::terminate, kind::restart, kind::erase};
    tree_step made{.what = often[below(std::size(often))], .id = any(ids_)};
    made.supervisor = any(supervisors_);
    made.reason = static_cast<leaving>(below(5) < 3 ? 2 : below(2));
    made.how = static_cast<lasting>(below(3));
    made.seconds = below(5);
    const auto its = above_.find(made.id);
    if (its != above_.end() && below(4) != 0)
      made.supervisor = its->second;
    else if (made.what == kind::start_child) { // an id is one child's: events name no supervisor
      made.id = "n" + std::to_string(below(4)) + made.supervisor;
      ids_.push_back(made.id);
      above_[made.id] = made.supervisor;
    }
    return made;
  }

  std::mt19937_64 random_;
  std::vector<std::string> ids_;
  std::vector<std::string> supervisors_;
  std::map<std::string, std::string> above_; // whose child it is
};

} // namespace aiex::test
