#include "aiex/supervision/tree/child_spec.hpp"

#include <string_view>
#include <unordered_set>

namespace aiex {

namespace {

tl::unexpected<supervision_error> refuse(supervision_errc code, std::string message) {
  return tl::unexpected(supervision_error{code, std::move(message)});
}

/// A value that came from a number need not be one of those that have names.
template <class Enum>
bool is_up_to(Enum value, Enum last) {
  return static_cast<std::uint8_t>(value) <= static_cast<std::uint8_t>(last);
}

} // namespace

tl::expected<void, supervision_error> check(
  const child_spec& child, auto_shutdown ends, strategy how) {
  if (child.id.empty())
    return refuse(supervision_errc::missing_id, "a child has no id: give it one");
  const std::string who = "child '" + child.id + "' ";
  if (!child.start)
    return refuse(supervision_errc::missing_start,
      who + "has no start function: give it one, `spawns` of its behaviour, for one");
  if (!is_up_to(child.restart, restart::temporary))
    return refuse(supervision_errc::bad_restart,
      who + "has no valid restart: say permanent, transient or temporary");
  if (child.significant && ends == auto_shutdown::never)
    return refuse(supervision_errc::significant_never,
      who + "is significant, but its supervisor's auto_shutdown is never: say any_significant or "
            "all_significant there, or make the child not significant");
  if (child.significant && child.restart == restart::permanent)
    return refuse(supervision_errc::significant_permanent,
      who + "is significant and permanent: one that is always restarted never ends anything");
  if (!is_up_to(child.kind, child_kind::supervisor))
    return refuse(
      supervision_errc::bad_kind, who + "is of no valid kind: say worker or supervisor");
  if (child.shutdown && !child.shutdown->is_sound())
    return refuse(supervision_errc::bad_shutdown,
      who + "has no valid time to shut down: give it 0 to " +
        std::to_string(shutdown_time_max.count()) + " ms, or say brutal_kill or infinity");
  if (child.backoff && how != strategy::one_for_one)
    return refuse(supervision_errc::bad_backoff,
      who + "has a backoff, which only one_for_one can wait for: its siblings would wait, too");
  if (child.backoff && !is_sound(*child.backoff))
    return refuse(supervision_errc::bad_backoff,
      who + "has no valid backoff: least and most are 1 ms to 1 hour, jitter is 0 to 1");
  if (child.start_timeout && child.kind == child_kind::supervisor)
    return refuse(supervision_errc::bad_start_timeout,
      who + "is a supervisor, whose start takes as long as its children's: limit theirs");
  if (child.start_timeout &&
      (child.start_timeout->count() < 1 || *child.start_timeout > start_timeout_max))
    return refuse(supervision_errc::bad_start_timeout,
      who + "has no valid time to start: give it 1 to " +
        std::to_string(start_timeout_max.count()) + " ms, or none");
  if (child.handler_limit && *child.handler_limit != handlers_unlimited &&
      (child.handler_limit->count() < 1 || *child.handler_limit > handler_limit_max))
    return refuse(supervision_errc::bad_handler_limit,
      who + "has no valid handler limit: give it 1 to " +
        std::to_string(handler_limit_max.count()) + " ms, or say handlers_unlimited");
  return {};
}

tl::expected<void, supervision_error> check(const supervisor_spec& spec) {
  if (!is_up_to(spec.how, strategy::rest_for_one))
    return refuse(supervision_errc::bad_strategy,
      "there is no such strategy: say one_for_one, one_for_all or rest_for_one");
  if (auto sound = check(spec.limit); !sound)
    return sound;
  if (!is_up_to(spec.ends, auto_shutdown::all_significant))
    return refuse(supervision_errc::bad_auto_shutdown,
      "there is no such auto_shutdown: say never, any_significant or all_significant");
  std::unordered_set<std::string_view> ids;
  for (const child_spec& child : spec.children) {
    if (auto sound = check(child, spec.ends, spec.how); !sound)
      return sound;
    if (!ids.insert(child.id).second)
      return refuse(supervision_errc::duplicate_id,
        "two children have the id '" + child.id + "': give one of them another");
  }
  return {};
}

tl::expected<void, supervision_error> check(const restart_limit& limit) {
  if (limit.intensity > restart_intensity_max)
    return refuse(supervision_errc::bad_intensity,
      "the intensity must be at most " + std::to_string(restart_intensity_max) + " restarts");
  if (limit.period.count() < 1)
    return refuse(supervision_errc::bad_period, "the period must be at least 1 second");
  return {};
}

std::string taken::reason() const {
  const std::string what = name.empty() ? "its name" : "the name '" + name + "'";
  const std::string who = actor ? "actor " + std::to_string(actor.id()) : "a running actor";
  return what + " is taken by " + who + ": end that one first, or choose another name";
}

std::string_view name(supervision_errc code) noexcept {
  switch (code) {
  case supervision_errc::missing_id: return "missing_id";
  case supervision_errc::missing_start: return "missing_start";
  case supervision_errc::duplicate_id: return "duplicate_id";
  case supervision_errc::bad_period: return "bad_period";
  case supervision_errc::bad_shutdown: return "bad_shutdown";
  case supervision_errc::significant_permanent: return "significant_permanent";
  case supervision_errc::already_started: return "already_started";
  case supervision_errc::already_present: return "already_present";
  case supervision_errc::running: return "running";
  case supervision_errc::restarting: return "restarting";
  case supervision_errc::not_found: return "not_found";
  case supervision_errc::start_failed: return "start_failed";
  case supervision_errc::stopping: return "stopping";
  case supervision_errc::too_many_children: return "too_many_children";
  case supervision_errc::bad_restart: return "bad_restart";
  case supervision_errc::bad_kind: return "bad_kind";
  case supervision_errc::bad_strategy: return "bad_strategy";
  case supervision_errc::bad_intensity: return "bad_intensity";
  case supervision_errc::bad_auto_shutdown: return "bad_auto_shutdown";
  case supervision_errc::simple_one_for_one: return "simple_one_for_one";
  case supervision_errc::significant_never: return "significant_never";
  case supervision_errc::bad_backoff: return "bad_backoff";
  case supervision_errc::bad_start_timeout: return "bad_start_timeout";
  case supervision_errc::bad_handler_limit: return "bad_handler_limit";
  }
  return "unknown";
}

std::string_view text_of(strategy how) noexcept {
  switch (how) {
  case strategy::one_for_one: return "one_for_one";
  case strategy::one_for_all: return "one_for_all";
  case strategy::rest_for_one: return "rest_for_one";
  }
  return "unknown";
}

std::string_view text_of(child_kind kind) noexcept {
  return kind == child_kind::supervisor ? "supervisor" : "worker";
}

} // namespace aiex
