// A random tree of supervisors and what happens to it: plain data that the model and the cores
// play.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace aiex::test {

enum class lasting : std::uint8_t { permanent, transient, temporary };
enum class style : std::uint8_t { one_for_one, one_for_all, rest_for_one };
enum class closing : std::uint8_t { never, any, all };
enum class leaving : std::uint8_t { normal, shutdown, shutdown_with_words, crash, killed };

/// What a worker does when it is told to end.
enum class manner : std::uint8_t {
  obedient,
  stubborn, ///< Nothing: it has to be killed.
  slow,     ///< It ends, after `tree_node::slow_ms`.
  leaving,  ///< It ends normally,
  failing,  ///< or with a crash.
};

inline constexpr std::int64_t kill_at_once = -1;
inline constexpr std::int64_t wait_for_ever = -2;

struct tree_node {
  enum class kind : std::uint8_t { worker, supervisor, crowd } what = kind::worker;
  std::string id{};
  lasting how = lasting::permanent;
  bool significant = false;
  std::int64_t shutdown_ms = 5'000; ///< Or one of the two above.
  aiex::test::manner manner{};      ///< Of a worker.
  std::int64_t slow_ms = 0;
  style strategy = style::one_for_one; ///< Of a supervisor, as what follows.
  closing ends = closing::never;
  unsigned intensity = 1; ///< Also of a crowd: a dynamic supervisor.
  unsigned period_s = 5;
  std::vector<tree_node> children{}; ///< Of a crowd one, what its children are like.

  bool supervises() const { return what != kind::worker; }
};

struct tree_step {
  enum class kind : std::uint8_t {
    leave,  ///< A process is told to end for `reason`, or killed.
    fail,   ///< From now on it does not start,
    ignore, ///< or wishes not to be started,
    mend,   ///< until everybody starts again.
    rush,   ///< So many messages arrive, in some order.
    settle, ///< All that are under way do.
    wait,   ///< And then time goes by.
    start_child,
    terminate,
    restart,
    erase,
    change, ///< Of the supervisor's flags and specs.
    which,
    count,
    spec,
  } what{};
  std::string id{};         ///< Whom it concerns.
  std::string supervisor{}; ///< Who is asked.
  unsigned client = 0;      ///< Who asks: what one says arrives in order.
  leaving reason{};
  std::int64_t amount = 0; ///< Messages, or milliseconds.
  tree_node node{};        ///< A new child, or what the supervisor is to be.
};

struct tree_story {
  tree_node top{};
  std::set<std::string> fails_first{}; ///< These do not start at first.
  std::vector<tree_step> steps{};
  std::uint64_t seed = 0; ///< Of the order in which messages arrive.
};

} // namespace aiex::test
