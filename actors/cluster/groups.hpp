// Process groups, for those who use them: as OTP's pg, with the scope given once.
//
//   const aiex::groups chat{services.names};
//   chat.join("room-7", {self});
//   for (const caf::actor& each : *chat.members("room-7"))
//     self->send(each, …);
//
// No actor is asked for anything: what one thread has done every thread sees, and monitors are told
// in the order of the changes.
#pragma once

#include "aiex/actors/cluster/group_messages.hpp"
#include "aiex/actors/cluster/group_scope.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiex {

/// A value: it says where to look. A scope that is started again is found again; one that is not
/// there has no groups. Any thread.
class groups {
public:
  explicit groups(registry names, std::string_view scope = default_group_scope)
      : names_(std::move(names)), name_(group_scope_name(scope)) {}

  /// Never null; the newest first. Who has joined twice stands there twice.
  shared_actors members(std::string_view group) const;
  shared_actors local_members(std::string_view group) const;
  std::vector<group_name> which_groups() const;
  std::vector<group_name> which_local_groups() const;

  // Errors of all that follow: not_found (the scope is not there, or is being started),
  // invalid_argument (the name; no actor, or one of another node: then nothing is done), and those
  // that are said. Each of `who` counts: one that stands there twice joins twice.

  /// True. Errors: batch_too_large, overloaded.
  result<bool> join(const group_name& group, const std::vector<caf::actor>& who) const;

  /// False if none of them was a member: OTP's not_joined. Errors: batch_too_large.
  result<bool> leave(const group_name& group, const std::vector<caf::actor>& who) const;

  /// From now on `receiver`, an actor of this node, is sent `group_changed` for each change. The
  /// group need not be there. Who ends is forgotten. So is everybody when the scope ends: who has
  /// to know monitors the scope itself. Errors: overloaded.
  result<group_monitored> monitor(const caf::actor& receiver, const group_name& group) const;

  /// The same for all groups of the scope.
  result<scope_monitored> monitor_scope(const caf::actor& receiver) const;

  /// Whether there was such a monitor. Nothing more is sent for it; what is on its way already is
  /// for `group_monitors` to know.
  bool demonitor(const group_ref& which) const;

  /// The view of the scope as it lives now; null if it is not there.
  std::shared_ptr<const group_view> view() const;
  std::optional<caf::actor> scope() const { return names_.find(name_); }
  const std::string& name() const noexcept { return name_; } ///< Of the scope's actor.

private:
  std::shared_ptr<scope_groups> scope_found() const;
  template <class Change>
  auto changing(Change change) const -> decltype(change(std::declval<scope_groups&>()));

  registry names_;
  std::string name_;
};

} // namespace aiex
