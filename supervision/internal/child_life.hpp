#pragma once

#include "aiex/supervision/exit_kind.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>

#include <memory>
#include <optional>

namespace aiex {

inline bool has_ended(const caf::actor& one) {
  return caf::actor_cast<caf::abstract_actor*>(one)->getf(caf::abstract_actor::is_terminated_flag);
}

/// Why `made` is no more, if it ended abnormally before its start function had returned.
inline std::optional<caf::error> reason_of_early_end(const caf::actor& made) {
  if (!has_ended(made))
    return std::nullopt;
  auto reason = std::make_shared<caf::error>();
  made->attach_functor([reason](const caf::error& why) { *reason = why; }); // called at once
  return kind_of(*reason) == exit_kind::abnormal ? std::optional{*reason} : std::nullopt;
}

/// Whether a supervisor shuts down because of it: if its parent says so, as in OTP. Who has no
/// parent listens to everybody but its children, whose links say no more than their ends.
template <class Living>
bool heeds(const caf::actor_addr& parent, const Living& living, const caf::exit_msg& told) {
  if (parent)
    return told.source == parent;
  return !told.source || !living.contains(told.source.id());
}

/// Kills those that still live when their supervisor ends: called with it, whatever ended it.
template <class Living>
void kill_with(caf::abstract_actor& supervisor, std::shared_ptr<Living> living) {
  supervisor.attach_functor([living = std::move(living)](const caf::error&) {
    for (const auto& [key, child] : *living)
      caf::anon_send<caf::message_priority::high>(
        child, caf::exit_msg{child.address(), caf::exit_reason::kill});
  });
}

} // namespace aiex
