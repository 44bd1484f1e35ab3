#pragma once

#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/process/living_children.hpp"
#include "aiex/supervision/process/process.hpp"
#include "aiex/supervision/tree/supervision_event.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/system_messages.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace aiex {

/// Why `made` is no more, if it ended abnormally before its start function had returned.
inline std::optional<caf::error> reason_of_early_end(const caf::actor& made) {
  auto reason = end_of(made);
  return reason && kind_of(*reason) == exit_kind::abnormal ? std::move(reason) : std::nullopt;
}

/// Whether a supervisor shuts down because of it: if its parent says so, as in OTP. Who has no
/// parent listens to everybody but its children, whose links say no more than their ends.
inline bool heeds(
  const caf::actor_addr& parent, const living_children& living, const caf::exit_msg& told) {
  if (parent)
    return told.source == parent;
  return !told.source || !living.contains(told.source.id());
}

/// A supervisor traps exits, as in OTP: of the signals of its links it heeds only its parent's.
inline void trap_links(caf::abstract_actor& supervisor, caf::actor_addr parent,
  std::function<void(const caf::error&)> on_told) {
  if (auto* its = dynamic_cast<process*>(&supervisor))
    its->traps_exits_by(
      [parent = std::move(parent), on_told = std::move(on_told)](const exit_signal& heard) {
        if (parent && heard.source == parent)
          on_told(heard.reason);
      });
}

/// Kills those that still live when their supervisor ends, whatever ended it: before anybody else
/// hears of it, so that their names are free when it is started again.
inline void kill_with(caf::abstract_actor& supervisor, std::shared_ptr<living_children> living) {
  supervisor.attach_functor(
    [living = std::move(living)](const caf::error&) { living->kill_all(); });
}

/// CAF destroys an actor that waits and that nobody holds, and its children are killed then. Who
/// has children to start or to stop first holds itself in `itself` meanwhile.
inline void hold_while(
  caf::abstract_actor& supervisor, bool is_busy, caf::strong_actor_ptr& itself) {
  if (!is_busy)
    itself = nullptr;
  else if (!itself)
    itself = caf::strong_actor_ptr{supervisor.ctrl()};
}

/// Who was started, or has still to end; null if there is nobody.
inline caf::actor actor_of(const start_outcome& outcome) {
  if (const auto* runs = std::get_if<started>(&outcome))
    return runs->actor;
  if (const auto* ends = std::get_if<failing>(&outcome))
    return ends->actor;
  return {};
}

} // namespace aiex
