// What a supervisor does, decided without an actor: it is told what has happened and answers what
// is to be done, in order. After lib/stdlib/src/supervisor.erl of Erlang/OTP.
//
// One thing at a time, as in OTP: what happens while children are being stopped and started waits
// until that is done. A restart that fails is tried again through a word to oneself, `retry`, so
// that requests and the end come in between however often it fails.
//
// Unlike OTP: who is no process of ours, an actor of CAF's own or of another node, need not end
// when it is killed, for one because it does not return from its handler. Such a child is reported
// as abandoned and taken for ended.
//
// How many children it has, and how many requests wait, has no limit here: who starts them and who
// asks have theirs. (A dynamic supervisor has `dynamic_limits`.)
#pragma once

#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/tree/child_spec.hpp"
#include "aiex/supervision/tree/restart_window.hpp"

#include <chrono>
#include <deque>
#include <list>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace aiex {

using child_key = std::uint64_t;     ///< Names a running child; chosen by the caller, never reused.
using request_token = std::uint64_t; ///< Names a request; chosen by the caller.

/// How long a killed child may take to end before it is abandoned.
inline constexpr std::chrono::milliseconds kill_patience{5'000};
/// Why.
inline constexpr std::string_view reason_of_abandoned =
  "it did not end within 5 s of its kill: it is no process of ours; start it with `spawns`";

enum class child_status : std::uint8_t {
  stopped,
  running,
  restarting, ///< Its restart has failed and is tried again.
};

/// "stopped", and so on.
std::string_view text_of(child_status status) noexcept;

/// What a supervisor tells of its children.
enum class child_change : std::uint8_t {
  started,
  exited,     ///< Ended by itself; the reason says how.
  restarting, ///< It is started again, alone or with others.
  failed_to_start,
  stopped,        ///< By its supervisor.
  killed,         ///< By its supervisor, because it took too long.
  abandoned,      ///< Killed, and it did not end: see `kill_patience`.
  gave_up,        ///< The supervisor itself, because there were too many restarts.
  shutdown_error, ///< Told to end, and it ended otherwise: see `has_ended_as_told`.
  stuck,          ///< Seen by the watchdog: a handler has run for longer than its limit.
  returned,       ///< The same handler is done at last.
};

/// What is to be done, in this order.
struct start_order { // answered by `on_started`, `on_ignored` or `on_start_failed`
  std::string id;
};
struct stop_order { // answered by `on_ended`, or by `on_stop_timeout` after that time
  child_key key = 0;
  shutdown how = shutdown::brutal_kill();
};
struct kill_order { // the same once more
  child_key key = 0;
};
struct retry_order { // `on_retry`, after this time, behind what else has come
  std::string id;
  std::uint64_t number = 0;
  std::chrono::milliseconds delay{};
};
struct answer_order {
  request_token token = 0;
  tl::expected<std::optional<child_key>, supervision_error> answer;
  child_key running = 0; ///< already_started: who runs.
};
struct report_order {
  child_change what{};
  std::string id{};
  std::string reason{};
  std::uint64_t restarts = 0;
  exit_kind kind = exit_kind::abnormal; ///< exited
  child_key key = 0;                    ///< The actor that it was or is; 0 if there was none.
};
struct end_order { // the supervisor ends
  enum class cause : std::uint8_t { told, gave_up, significant, failed_to_begin };
  exit_kind kind{};
  std::string reason{};
  cause why{};
};
using supervisor_order = std::variant<start_order, stop_order, kill_order, retry_order,
  answer_order, report_order, end_order>;
using supervisor_orders = std::vector<supervisor_order>;

struct start_request {
  child_spec child;
};
struct terminate_request {
  std::string id;
};
struct restart_request {
  std::string id;
};
struct delete_request {
  std::string id;
};
struct change_request {
  supervisor_spec wanted;
};
using supervisor_request =
  std::variant<start_request, terminate_request, restart_request, delete_request, change_request>;

/// Thread: one at a time.
class supervisor_core {
public:
  using time_point = restart_window::time_point;

  struct child {
    child_spec spec;
    child_status status = child_status::stopped;
    child_key key = 0; ///< While it runs.
    std::uint64_t restarts = 0;
    bool has_ended = false;         ///< It has, and that was not handled yet.
    exit_kind end_kind{};           ///< Then how,
    std::string end_reason{};       ///< and why.
    restart_row row{};              ///< With a backoff.
    std::uint64_t retry_number = 0; ///< Of the retry that is due.
  };

  /// A sound spec: see `check`. `seed`: of what is random in a backoff.
  explicit supervisor_core(supervisor_spec spec, std::uint32_t seed = 1);

  supervisor_orders begin(); ///< Starts the children; once.

  // `now`: a restart counts when it is handled, also if that had to wait.

  supervisor_orders on_started(child_key key);
  supervisor_orders on_ignored();
  supervisor_orders on_start_failed(std::string reason, time_point now);
  /// By an actor that is not ours, perhaps.
  supervisor_orders on_name_taken(child_key by, std::string reason);
  supervisor_orders on_ended(child_key key, exit_kind kind, std::string reason, time_point now);
  supervisor_orders on_stop_timeout(child_key key, time_point now);
  /// `number`: of the order. With a backoff, only the last one counts.
  supervisor_orders on_retry(const std::string& id, std::uint64_t number, time_point now);
  supervisor_orders on_request(request_token token, supervisor_request request);
  /// Stops all, then ends as it was told.
  supervisor_orders on_shutdown(std::string reason, exit_kind kind = exit_kind::shutdown);

  const std::list<child>& children() const noexcept { return children_; } ///< In starting order.
  const child* find(std::string_view id) const;
  /// Whether one of its children is this actor, or was and that has still to be handled.
  bool has(child_key key) const { return by_key_.contains(key); }
  bool has_begun() const noexcept { return has_begun_; } ///< All were started for the first time.
  bool has_ended() const noexcept { return has_ended_; } ///< It was ordered.
  /// It has begun something, or was told to: that is finished, whoever still knows of it.
  bool is_busy() const noexcept { return !has_ended_ && (plan_ || !inbox_.empty()); }
  strategy how() const noexcept { return spec_.how; }

private:
  using place = std::list<child>::iterator;

  struct step {
    enum class what : std::uint8_t { stop, start } act{};
    std::string id;
  };
  enum class purpose : std::uint8_t { beginning, restarting, starting, stopping, ending };
  struct plan {
    purpose why{};
    std::deque<step> steps{};
    request_token token = 0; ///< starting, stopping.
    bool is_new = false;     ///< starting: forget the child if it fails.
    end_order end{};         ///< ending
  };
  struct ended {
    child_key key;
  };
  struct retry {
    std::string id;
    std::uint64_t number;
  };
  struct asked {
    request_token token;
    supervisor_request request;
  };
  struct told_to_end {
    std::string reason;
    exit_kind kind;
  };
  using happening = std::variant<ended, retry, asked, told_to_end>;
  enum class waiting : std::uint8_t { nothing, start, stop, kill };

  supervisor_orders run();
  bool take_step();
  void begin_stop(place of);
  void end_stop(place of);
  void complete();
  void start_failed(place of, std::string reason, child_key taken_by = 0);

  void handle(ended& what);
  void handle(retry& what);
  void handle(asked& what);
  void handle(told_to_end& what);
  void ask(request_token token, start_request& request);
  void ask(request_token token, terminate_request& request);
  void ask(request_token token, restart_request& request);
  void ask(request_token token, delete_request& request);
  void ask(request_token token, change_request& request);

  void restart_from(place culprit);
  /// Its restart is the nth in a row; without a backoff that does not matter.
  void restart_later(place culprit, std::uint32_t nth);
  void end_with(end_order end);
  bool ends_because_of(const child& one, exit_kind kind) const;
  void answer(request_token token, tl::expected<std::optional<child_key>, supervision_error> with);
  void refuse(
    request_token token, supervision_errc code, std::string message, child_key running = 0);
  void report(child_change what, const child& of, std::string reason = {});
  place place_of(const std::string& id);
  void forget(place of);
  place append(child_spec spec);

  supervisor_spec spec_;
  restart_window window_;
  time_point now_; // the latest that it was told
  std::minstd_rand random_;
  std::uint64_t last_retry_ = 0;
  std::list<child> children_;
  std::unordered_map<std::string, place> by_id_;
  std::unordered_map<child_key, place> by_key_;
  std::optional<plan> plan_; // what is being done
  waiting waits_for_ = waiting::nothing;
  std::deque<happening> inbox_; // what waits until that is done
  supervisor_orders orders_;
  bool has_begun_ = false;
  bool has_ended_ = false;
};

} // namespace aiex
