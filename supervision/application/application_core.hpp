// Which of a program's applications run, decided without an actor: it is told what has happened and
// answers what is to be done, in order. After lib/kernel/src/application_controller.erl of
// Erlang/OTP.
//
// An application is a tree with a name, and names of others that have to run before it. One thing
// at a time: what is asked for while one is being started or stopped waits until that is done.
//
// Unlike OTP: who depends on one that has ended is not started by request, and nothing else comes
// of it; there a permanent one ends the node for that. At the node's start it counts as a failed
// start.
#pragma once

#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/tree/child_spec.hpp"
#include "aiex/supervision/tree/supervisor_core.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aiex {

/// Of one program.
inline constexpr std::size_t applications_max = 256;
/// Starts and stops that wait for the one that is under way.
inline constexpr std::size_t application_requests_max = 1'024;

/// What it means for the others that an application ends by itself, or cannot be started.
enum class application_type : std::uint8_t {
  permanent, ///< All others are stopped, and the node ends.
  transient, ///< The same, unless it ended normally.
  temporary, ///< It is reported.
};

enum class application_status : std::uint8_t {
  stopped,
  starting,
  running,
  stopping,
  ended, ///< By itself.
};

/// "permanent" and so on; "running" and so on.
std::string_view name(application_type type) noexcept;
std::string_view name(application_status status) noexcept;

/// What the core has to know of one.
struct application_plan {
  std::string name; ///< Unique.
  std::vector<std::string> dependencies{};
  application_type type = application_type::permanent;
  aiex::shutdown shutdown = shutdown::infinity(); ///< Of its tree.
};

enum class application_errc : std::uint8_t {
  missing_name = 1,
  missing_start,
  duplicate,
  missing_dependency, ///< There is none of that name.
  circle,             ///< It would have to run before itself.
  bad_type,
  too_many,
  unknown,
  already_started,
  not_started,       ///< It does not run; or one does not that it depends on.
  start_failed,      ///< The message is its reason.
  stopping,          ///< All are being stopped.
  too_many_requests, ///< So many wait already; see `application_requests_max`.
  bad_tree,          ///< The message is what `check` says of it.
};

struct application_error {
  application_errc code;
  std::string message;

  bool operator==(const application_error&) const = default;
};

/// Their names, each behind those it depends on, else as they are given. Errors: missing_name,
/// duplicate, missing_dependency, circle, bad_type, too_many.
tl::expected<std::vector<std::string>, application_error> start_order_of(
  const std::vector<application_plan>& plans);

/// What is to be done, in this order.
struct start_application { // answered by `on_started` or `on_start_failed`
  std::string name;
};
enum class application_callback : std::uint8_t { prep_stop, stop };
struct call_back { // before its tree is stopped, and when that has ended
  std::string name;
  application_callback which{};
};
struct stop_application { // answered by `on_ended`, or by `on_stop_timeout` after that time
  std::string name;
  shutdown how = shutdown::brutal_kill();
};
struct kill_application { // the same once more, after `kill_patience`
  std::string name;
};
struct report_application {
  child_change what{};
  std::string name{};
  std::string reason{};
};
/// To a start: the names of those that were started for it. To a stop: of those that depend on it
/// and go on.
struct answer_application {
  request_token token = 0;
  tl::expected<std::vector<std::string>, application_error> answer;
};
struct end_applications { // all have been stopped
  std::string failure{};  ///< Why the node cannot go on; empty: as it was told.
};
using application_order = std::variant<start_application, call_back, stop_application,
  kill_application, report_application, answer_application, end_applications>;
using application_orders = std::vector<application_order>;

/// Thread: one at a time.
class application_core {
public:
  struct application {
    application_plan plan;
    application_status status = application_status::stopped;
    std::uint64_t started = 0; ///< Counts starts; the later, the higher. 0: it does not run.
  };

  /// `plans` has a start order, or nothing will be started.
  explicit application_core(std::vector<application_plan> plans);

  /// Starts all of them, dependencies first.
  application_orders begin();

  application_orders on_started();
  /// Of the one that is being started.
  application_orders on_start_failed(exit_kind kind, const std::string& reason);
  /// Its tree has ended, by itself or as it was told.
  application_orders on_ended(const std::string& name, exit_kind kind, const std::string& reason);
  /// It did not end in time.
  application_orders on_stop_timeout(const std::string& name);

  /// Starts one. With `together` also what it depends on and does not run; if one of these fails,
  /// those started for it are stopped again; what these are is seen when its turn has come. Errors:
  /// unknown, already_started (without `together`), not_started, start_failed, stopping,
  /// too_many_requests.
  application_orders start(request_token token, const std::string& name, bool together);
  /// Stops one, whoever depends on it. Errors: unknown, not_started, stopping,
  /// too_many_requests.
  application_orders stop(request_token token, const std::string& name);

  /// Stops all, last started first.
  application_orders on_shutdown();

  const std::vector<application>& applications() const noexcept { return applications_; }
  /// Whether its tree is waited for, which was told to end.
  bool is_stopping(std::string_view name) const;
  bool is_ending() const noexcept { return ending_.has_value(); }
  bool has_ended() const noexcept { return has_ended_; }
  /// Why they are being stopped; empty: as told, or they are not.
  std::string failure() const { return ending_.value_or(""); }
  /// What the node ends with if the start of this one fails so; empty: it goes on.
  std::string failure_of_start(
    const std::string& name, exit_kind kind, const std::string& reason) const;

private:
  enum class act : std::uint8_t { start, stop };
  /// Something to do for a request; without a token for the begin or the end.
  struct step {
    act what{};
    std::string name;
    request_token token = 0;
    bool is_last = true;      ///< It answers the request.
    bool is_together = false; ///< Of a start with what it needs.
    bool is_expanded = false; ///< What it needs has steps of its own.
    bool is_undoing = false;  ///< Takes back a start.
  };

  application* find(std::string_view name);
  bool runs(std::string_view name);
  const std::string* missing_for(const application& one);
  std::vector<std::string> needed_for(const application& one) const;
  std::vector<std::string> dependents_of(std::string_view name) const;
  void ask(step wanted);
  void answer(request_token token, std::vector<std::string> names);
  void refuse(request_token token, application_errc code, std::string message);
  void forget(request_token token); ///< What is still to be done for it.
  void advance();
  void begin_start(const step& next);
  void expand(const step& whole);
  void begin_stop(const step& next);
  void start_failed(const step& failed, exit_kind kind, const std::string& reason);
  void undo(const step& failed, application_error why);
  void has_undone(const step& done);
  void has_stopped(application& one, child_change how, const std::string& reason);
  void end(std::string failure);
  application_orders take();

  std::vector<application> applications_; ///< In the order of their start.
  std::deque<step> work_;
  std::optional<step> current_;
  bool is_killed_ = false;                  ///< The one that is being stopped.
  std::vector<std::string> together_;       ///< Started for the request that is under way.
  std::optional<application_error> undone_; ///< What it will be answered.
  std::uint64_t last_start_ = 0;
  std::optional<std::string> ending_; ///< Why.
  bool has_ended_ = false;
  application_orders orders_;
};

} // namespace aiex
