// Process groups, for those who use them: as OTP's pg, with the scope given once.
//
//   const aiex::groups chat{services.names};
//   chat.join(self, "room-7", {self}, patience, [](aiex::result<bool> joined) { … });
//   for (const caf::actor& each : *chat.members("room-7"))
//     self->send(each, …);
//
// Reading asks no actor: it sees all that has been answered, whoever reads on whatever thread.
#pragma once

#include "aiex/actors/cluster/group_messages.hpp"
#include "aiex/actors/cluster/group_scope.hpp"

#include <chrono>
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

  // Calls `then` in `self`. Errors: those of the messages; not_found (the scope is not there: at
  // once), unknown_outcome (it did not answer, or ended).

  /// `then(result<bool>)`: true.
  template <class Self, class Then>
  void join(Self* self, group_name group, std::vector<caf::actor> who,
    std::chrono::milliseconds timeout, Then then) const {
    ask<group_answer>(self, join_group_call{std::move(group), std::move(who)}, timeout,
      [then](group_answer answer) mutable { then(std::move(answer.outcome)); });
  }
  /// `then(result<bool>)`: false if none of them was a member.
  template <class Self, class Then>
  void leave(Self* self, group_name group, std::vector<caf::actor> who,
    std::chrono::milliseconds timeout, Then then) const {
    ask<group_answer>(self, leave_group_call{std::move(group), std::move(who)}, timeout,
      [then](group_answer answer) mutable { then(std::move(answer.outcome)); });
  }
  /// `then(group_monitored)`; `self` is sent `group_changed`.
  template <class Self, class Then>
  void monitor(Self* self, group_name group, std::chrono::milliseconds timeout, Then then) const {
    ask<group_monitored>(
      self, monitor_group_call{caf::actor{self}, std::move(group)}, timeout, std::move(then));
  }
  /// `then(scope_monitored)`
  template <class Self, class Then>
  void monitor_scope(Self* self, std::chrono::milliseconds timeout, Then then) const {
    ask<scope_monitored>(self, monitor_scope_call{caf::actor{self}}, timeout, std::move(then));
  }

  /// The view of the scope as it lives now; null if it is not there.
  std::shared_ptr<const group_view> view() const;
  std::optional<caf::actor> scope() const { return names_.find(name_); }
  const std::string& name() const noexcept { return name_; } ///< Of the scope's actor.

private:
  template <class Answer, class Self, class Call, class Then>
  void ask(Self* self, Call call, std::chrono::milliseconds timeout, Then then) const {
    const auto found = scope();
    if (!found)
      return then(refused<Answer>(no_scope()));
    // CAF's own request: a scope answers in its handler, or is told to be gone.
    self->request(*found, timeout, std::move(call))
      .then([then](Answer& answer) mutable { then(std::move(answer)); },
        [then](const caf::error& why) mutable { then(refused<Answer>(no_answer(why))); });
  }
  template <class Answer>
  static Answer refused(error why) {
    Answer answer{};
    answer.outcome = tl::unexpected(std::move(why));
    return answer;
  }
  error no_scope() const;
  static error no_answer(const caf::error& why);

  registry names_;
  std::string name_;
};

} // namespace aiex
