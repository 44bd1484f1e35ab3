// What a supervisor is to keep alive, as plain values in OTP's words: build them, print them, check
// them. (Erlang/OTP, "Supervisor Behaviour", Design Principles.)
#pragma once

#include "aiex/supervision/tree/restart_backoff.hpp"

#include <caf/actor.hpp>
#include <caf/error.hpp>
#include <caf/event_based_actor.hpp>
#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace aiex {

enum class restart : std::uint8_t {
  permanent, ///< Always started again.
  transient, ///< Started again unless it ended normally or was shut down.
  temporary, ///< Never started again; forgotten when it has ended.
};

enum class strategy : std::uint8_t {
  one_for_one,  ///< Only the child that ended is started again.
  one_for_all,  ///< All are stopped and started again.
  rest_for_one, ///< Those behind it are stopped, then it and they are started again.
};

enum class child_kind : std::uint8_t { worker, supervisor };

// "one_for_one", "supervisor", and so on.
std::string_view text_of(strategy how) noexcept;
std::string_view text_of(child_kind kind) noexcept;

/// When a supervisor ends by itself because significant children have ended by themselves.
enum class auto_shutdown : std::uint8_t { never, any_significant, all_significant };

/// So many restarts a supervisor can remember.
inline constexpr std::uint32_t restart_intensity_max = 10'000'000;

/// More than `intensity` restarts within `period`, and the supervisor itself ends.
struct restart_limit {
  std::uint32_t intensity = 1;
  std::chrono::seconds period{5};
};

/// The longest that a child may be given to shut down; who needs more is waited for forever. That
/// of OTP, whose timers count milliseconds in 32 bits.
inline constexpr std::chrono::milliseconds shutdown_time_max{4'294'967'295};

/// The longest `start_timeout`. The shortest is 1 ms.
inline constexpr std::chrono::milliseconds start_timeout_max = std::chrono::hours{1};

/// How a child is stopped: killed at once, or told to shut down and killed if it takes longer.
class shutdown {
public:
  static constexpr shutdown brutal_kill() { return {how::kill, std::chrono::milliseconds{0}}; }
  static constexpr shutdown infinity() { return {how::wait, std::chrono::milliseconds::max()}; }
  /// 0 and up: with 0 it is told, and killed when the next timer comes.
  static constexpr shutdown after(std::chrono::milliseconds time) { return {how::time, time}; }

  constexpr bool kills() const noexcept { return how_ == how::kill; }
  constexpr bool waits_forever() const noexcept { return how_ == how::wait; }
  constexpr std::chrono::milliseconds time() const noexcept { return time_; }
  constexpr bool is_sound() const noexcept {
    return how_ != how::time || (time_.count() >= 0 && time_ <= shutdown_time_max);
  }

  bool operator==(const shutdown&) const = default;

private:
  enum class how : std::uint8_t { kill, wait, time };

  constexpr shutdown(how the_way, std::chrono::milliseconds time) : how_(the_way), time_(time) {}

  how how_;
  std::chrono::milliseconds time_;
};

/// A handler that runs for longer than its child's limit is reported as stuck, by the watchdog. It
/// is not stopped: nothing can stop it.
inline constexpr std::chrono::milliseconds handler_limit_of_workers{1'000};
/// They start their children in their handlers, one after the other.
inline constexpr std::chrono::milliseconds handler_limit_of_supervisors{10'000};
inline constexpr std::chrono::milliseconds handler_limit_max{3'600'000};
/// For handlers that may run as long as they want: nobody says anything.
inline constexpr std::chrono::milliseconds handlers_unlimited = std::chrono::milliseconds::max();

/// OTP's {ok, Pid, Info}.
struct started {
  caf::actor actor;
  std::string info{};
};
/// OTP's ignore: nothing runs, and that is well.
struct ignored {};
/// OTP's {failed_to_start_child, Id, Reason}: which child it was that has kept a supervisor from
/// starting.
struct failed_to_start_child {
  std::string id;     ///< Through the supervisors between: "below/b".
  std::string reason; ///< Of that child.

  bool operator==(const failed_to_start_child&) const = default;
};
/// Its start has failed for this reason, but it has still to end; then the failure counts.
/// An actor that does not end holds up a supervisor that starts children in order, for ever.
struct failing {
  caf::actor actor;
  caf::error reason{};
  std::optional<failed_to_start_child> child{}; ///< Of a supervisor.
};

/// Its name is taken by this one, so it was not started: OTP's {error, {already_started, Pid}}.
struct taken {
  caf::actor actor;
  std::string name{}; ///< Empty: not said.

  std::string reason() const; ///< Who has it, and what to do.
};

using start_outcome = std::variant<started, ignored, failing, taken, caf::error>;

/// Runs in the supervisor, which does nothing else meanwhile; with a `start_timeout` in an actor of
/// its own, which ends after it. An exception counts as an error.
using start_function = std::function<start_outcome(caf::event_based_actor& supervisor)>;

struct child_spec {
  std::string id;       ///< Unique among its siblings.
  start_function start; ///< Also called by each restart.
  aiex::restart restart = aiex::restart::permanent;
  std::optional<aiex::shutdown> shutdown{}; ///< Nothing: 5 s, or infinity for a supervisor.
  child_kind kind = child_kind::worker;
  bool significant = false; ///< See `auto_shutdown`.
  /// Nothing: it is started again at once, as OTP does. Only under one_for_one.
  std::optional<restart_backoff> backoff{};
  /// So long a start may take, or it has failed; what it makes later is killed. Nothing: forever.
  std::optional<std::chrono::milliseconds> start_timeout{};
  /// 1 ms to `handler_limit_max`, or `handlers_unlimited`. Nothing: that of its kind, see above.
  std::optional<std::chrono::milliseconds> handler_limit{};

  /// So long its handlers may run.
  std::chrono::milliseconds handlers_within() const {
    return handler_limit.value_or(
      kind == child_kind::supervisor ? handler_limit_of_supervisors : handler_limit_of_workers);
  }

  /// How it is stopped.
  aiex::shutdown stop_by() const {
    using namespace std::chrono_literals;
    const bool waits = kind == child_kind::supervisor;
    return shutdown.value_or(waits ? aiex::shutdown::infinity() : aiex::shutdown::after(5s));
  }
};

struct supervisor_spec {
  strategy how = strategy::one_for_one;
  restart_limit limit{};
  auto_shutdown ends = auto_shutdown::never;
  std::vector<child_spec> children{}; ///< Started left to right, stopped right to left.
};

/// What a supervisor refuses, each as OTP does.
enum class supervision_errc : std::uint8_t {
  missing_id = 1,
  missing_start,
  duplicate_id,
  bad_period,
  bad_shutdown,
  significant_permanent, ///< It would always be started again and never end anything.
  already_started,       ///< A child of that id runs, or whoever has its name.
  already_present,       ///< A child of that id is known and does not run.
  running,
  restarting,
  not_found,
  start_failed,      ///< The message is the child's reason.
  stopping,          ///< The supervisor is about to end.
  too_many_children, ///< Of a dynamic supervisor.
  bad_restart,
  bad_kind,
  bad_strategy,
  bad_intensity, ///< More than `restart_intensity_max`.
  bad_auto_shutdown,
  simple_one_for_one, ///< A dynamic supervisor has no children with ids.
  significant_never,  ///< Its supervisor never ends because of it.
  bad_backoff,        ///< Out of its bounds, or its supervisor is not one_for_one.
  bad_start_timeout,  ///< Out of its bounds, or of a supervisor.
  bad_handler_limit,
};

/// "missing_id", "missing_start" and so on.
std::string_view name(supervision_errc code) noexcept;

struct supervision_error {
  supervision_errc code;
  std::string message;

  bool operator==(const supervision_error&) const = default;
};

/// The first fault, in OTP's order. Errors: missing_id, missing_start, bad_restart,
/// significant_never, significant_permanent, bad_kind, bad_shutdown, bad_backoff,
/// bad_start_timeout, bad_handler_limit.
tl::expected<void, supervision_error> check(
  const child_spec& child, auto_shutdown ends, strategy how = strategy::one_for_one);

/// What the supervisor itself is to do, then the children, left to right. Errors: bad_strategy,
/// bad_intensity, bad_period, bad_auto_shutdown, duplicate_id, and those of the children.
tl::expected<void, supervision_error> check(const supervisor_spec& spec);

/// Errors: bad_intensity, bad_period.
tl::expected<void, supervision_error> check(const restart_limit& limit);

/// What a child may have beside id and start; see `child_spec`.
struct worker_options {
  aiex::restart restart = aiex::restart::permanent;
  std::optional<aiex::shutdown> shutdown{};
  bool significant = false;
  std::optional<restart_backoff> backoff{};
  std::optional<std::chrono::milliseconds> start_timeout{};
  std::optional<std::chrono::milliseconds> handler_limit{};
};

/// A child that is no supervisor. (One that is has `supervisor_child`, `dynamic_supervisor_child`.)
inline child_spec worker(std::string id, start_function start, worker_options options = {}) {
  return {std::move(id), std::move(start), options.restart, options.shutdown, child_kind::worker,
    options.significant, options.backoff, options.start_timeout, options.handler_limit};
}

} // namespace aiex
