// What a dynamic supervisor does, decided without an actor: many children of no order, started when
// somebody asks, each restarted for itself, stopped all at once. OTP's simple_one_for_one, but each
// child brings its own spec.
#pragma once

#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/tree/child_spec.hpp"
#include "aiex/supervision/tree/restart_window.hpp"
#include "aiex/supervision/tree/supervisor_core.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace aiex {

/// Names a child through its restarts; given by the core.
using dynamic_child = std::uint64_t;

/// Of a tree or a list of children, so many of a dynamic supervisor's are told.
inline constexpr std::size_t dynamic_children_told_max = 1'000;

/// So many children a dynamic supervisor may have, unless it is given other limits.
inline constexpr std::size_t dynamic_children_max = 1'000'000;

struct dynamic_limits {
  std::size_t children = dynamic_children_max;
};

/// Thread: one at a time.
class dynamic_core {
public:
  using time_point = restart_window::time_point;

  struct child {
    child_spec spec;
    child_status status = child_status::stopped; ///< stopped: it is being started.
    child_key key = 0; ///< While it is restarting, of the one that ran last.
    std::uint64_t restarts = 0;
    restart_row row{}; ///< With a backoff.
    enum class stage : std::uint8_t { none, told, killed } stopping = stage::none;
  };

  /// What is to be done, in this order.
  struct start {
    dynamic_child which = 0; // answered by `on_started`, `on_ignored` or `on_start_failed`
  };
  struct stop {
    child_key key = 0; // answered by `on_ended`
    bool kills = false;
    std::optional<std::chrono::milliseconds> time{}; // or by `on_stop_timeout` after that time
  };
  struct retry {
    dynamic_child which = 0; // `on_retry`, after this time, behind what else has come
    std::chrono::milliseconds delay{};
  };
  struct wait {
    std::chrono::milliseconds time{}; // then `on_all_timeout`
  };
  struct report {
    child_change what{};
    std::string id{};
    std::string reason{};
    std::uint64_t restarts = 0;
    exit_kind kind = exit_kind::abnormal; ///< exited
    child_key key = 0;                    ///< The actor that it was or is; 0 if there was none.
  };
  struct end {
    std::string reason{};
    end_order::cause why{};
  };
  using order = std::variant<start, stop, retry, wait, report, end>;
  using orders = std::vector<order>;

  /// `seed`: of what is random in a backoff.
  explicit dynamic_core(restart_limit limit, dynamic_limits most = {}, std::uint32_t seed = 1)
      : window_(limit), most_(most), random_(seed) {}

  /// A sound spec, which is not significant. Its first order is `start`. Errors: stopping,
  /// too_many_children; those of `check`.
  tl::expected<orders, supervision_error> add(child_spec spec);

  /// Its start is over: it runs, as `key`.
  orders on_started(dynamic_child which, child_key key);
  /// It does not wish to run, and is forgotten.
  orders on_ignored(dynamic_child which);
  /// A first start that fails is its caller's trouble; a restart is tried again.
  orders on_start_failed(dynamic_child which, std::string reason);
  /// By itself, or as it was told; nothing if it is no child.
  orders on_ended(child_key key, exit_kind kind, std::string reason, time_point now);
  orders on_retry(dynamic_child which, time_point now);

  /// Stops one and forgets it; one that is being restarted is forgotten at once, named by the key
  /// it ran under last. Nothing if it is neither.
  std::optional<orders> terminate(child_key key);
  /// Kills it, or abandons it the second time.
  orders on_stop_timeout(child_key key);

  /// Stops all of them at once, within the longest of their times, then kills, then abandons those
  /// that are not waited for forever.
  orders on_shutdown(std::string reason);
  /// The time of a `wait` is over.
  orders on_all_timeout();

  void change(restart_limit limit) { window_.change(limit); } ///< Past restarts still count.

  const std::map<dynamic_child, child>& children() const noexcept { return children_; }
  const child* find(dynamic_child which) const;
  const child* find_by_key(child_key key) const; ///< Also one that is being restarted.
  bool is_running(child_key key) const;
  bool has_ended() const noexcept { return phase_ == phase::ended; }
  bool is_ending() const noexcept { return phase_ == phase::stopping; } ///< To be finished.

private:
  enum class phase : std::uint8_t { running, stopping, ended };

  static orders stop_one(child& of);
  static orders kill(child& of);
  void restart_child(dynamic_child which, time_point now, orders& into);
  /// Its restart is the nth in a row; without a backoff that does not matter.
  void restart_later(dynamic_child which, std::uint32_t nth, orders& into);
  void begin_end(end why, orders& into);
  void end_if_empty(orders& into);
  void forget(dynamic_child which);
  static report report_of(child_change what, const child& of, std::string reason = {});

  restart_window window_;
  dynamic_limits most_;
  std::minstd_rand random_;
  phase phase_ = phase::running;
  end end_;
  std::map<dynamic_child, child> children_; // in the order in which they came
  std::unordered_map<child_key, dynamic_child> by_key_;
  dynamic_child last_ = 0;
};

} // namespace aiex
