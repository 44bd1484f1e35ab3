// The process: what an actor of ours is beside CAF's. It can be dead at once, for everybody, while
// a handler of it still runs: then it hears nothing more, and who watches has been told.
// docs/decisions/0006 says why, and what of CAF that rests on.
#pragma once

#include "aiex/supervision/process/link_table.hpp"
#include "aiex/supervision/process/message_type.hpp"
#include "aiex/supervision/process/process_activity.hpp"
#include "aiex/supervision/process/process_life.hpp"
#include "aiex/supervision/process/state_view.hpp"
#include "aiex/supervision/process/sys_messages.hpp"
#include "aiex/supervision/process/turn_clock.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor.hpp>
#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/message_view.hpp>
#include <caf/result.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace aiex {

/// The part of `eager_actor` (spawns.hpp) that does not depend on the kind of the actor.
class process {
public:
  explicit process(const turn_clock& clock) : process(clock, std::make_shared<kept>(clock.now())) {}
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  virtual ~process();

  /// It outlives the actor with those who have it. Thread: any.
  const std::shared_ptr<process_life>& life() const noexcept { return life_; }

  /// It outlives the actor, too. Thread: see there.
  const std::shared_ptr<process_activity>& activity() const noexcept { return activity_; }

  /// Thread: any, under its lock.
  link_table& links() noexcept { return links_; }

  /// Thread: the actor's.
  void traps_exits_by(exit_trap hears) { trap_ = std::move(hears); }

  /// What `get_state_call` is answered with, in place of what `state_view` says. Thread: the
  /// actor's.
  void tells_state_by(std::function<std::string()> says);

  /// What becomes of a message that the actor does not know: nothing, or an error for who asked.
  /// (With CAF's own `drop` whoever sent it hears an error, and ends because of it.)
  static caf::result<caf::message> drop(caf::scheduled_actor* self, caf::message_view& message);

  /// What becomes of an error that the actor is sent: nothing, if nobody waits for it. (CAF sends
  /// what a handler returns to whoever sent it something, asked or not, and ends for it.) One in
  /// place of an answer for which only the good case is provided ends the actor.
  static void on_error(caf::scheduled_actor* self, caf::error& why);

protected:
  /// Whether the actor is to have the message; who asked something is answered otherwise. A kill is
  /// the end at once. Thread: the sender's.
  bool lets_in(caf::mailbox_element& message, caf::execution_unit* host) {
    const bool may_kill = message.mid.is_async(); // a kill is never asked for with a request
    return (!may_kill && !life_->has_begun_to_end()) || looks_closer(message, host);
  }

  /// Who asked is told that nobody is there.
  static void refuse(const caf::mailbox_element& message);

  /// A signal of a link, or one to stop: it is done with when this returns, but for the end if
  /// `ends` says so. Thread: the actor's.
  bool is_signal(caf::mailbox_element& message, std::optional<caf::error>& ends);

  /// A turn of the actor, for as long as it lasts.
  class turn {
  public:
    turn(const process& whose, const message_type& handles) : whose_(whose) {
      whose_.activity_->begins(handles, whose_.clock_.now());
    }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() { whose_.activity_->ends(whose_.clock_.now(), was_handled_); }

    /// A start, or the message goes back to where it waited.
    void is_of_no_message() noexcept { was_handled_ = false; }

  private:
    const process& whose_;
    bool was_handled_ = true;
  };

  /// Nothing of sys concerns a message of this type.
  bool is_ordinary(const message_type& type) const noexcept {
    return !is_looked_at_ && !is_sys_call(type);
  }

  /// Does what a message of sys asks for. Thread: the actor's, also below.
  void answers(
    caf::scheduled_actor& self, const caf::mailbox_element& message, const state_view& state);

  /// Whether it is suspended, and the message is none that it hears then.
  bool has_to_wait(const caf::mailbox_element& message) const;

  /// A message while it is looked at: it is noted if there is a trace, and a signal to end ends the
  /// suspension.
  class look {
  public:
    look(process& whose, caf::scheduled_actor& self, const caf::mailbox_element& message,
      const message_type& type);
    look(const look&) = delete;
    look& operator=(const look&) = delete;
    ~look();

    void was_put_back() noexcept { note_.outcome = trace_outcome::put_back; }

  private:
    process& whose_;
    caf::scheduled_actor& self_;
    bool is_order_to_end_;
    trace_note note_;
  };

private:
  struct kept { // one allocation
    explicit kept(process_activity::clock::time_point now) : activity(now) {}
    process_life life;
    process_activity activity;
  };

  struct sys_part; // of those processes that somebody asked

  process(const turn_clock& clock, const std::shared_ptr<kept>& both);

  sys_part& sys();
  void has_looked_at(caf::scheduled_actor& self, const trace_note& done, bool was_order_to_end);
  void resumes(caf::scheduled_actor& self);
  std::string state_text_of(const state_view& state) const;
  bool is_traced() const;
  process_statistics statistics() const;
  caf::error traces(const trace_call& call);
  static caf::error replaces_state(const replace_state_call& call, const state_view& state);

  bool looks_closer(caf::mailbox_element& message, caf::execution_unit* host);

  turn_clock clock_;
  std::shared_ptr<process_life> life_;
  std::shared_ptr<process_activity> activity_;
  std::unique_ptr<sys_part> sys_;
  bool is_looked_at_ = false; ///< Suspended, or traced.
  link_table links_;
  exit_trap trap_;
};

/// Nothing if it is no process of ours: a remote actor, one of CAF's own.
std::shared_ptr<process_life> life_of(const caf::actor& whom);
std::shared_ptr<process_life> life_of(const caf::abstract_actor& whom);

/// The same of what it does and has done. Thread: any.
std::shared_ptr<const process_activity> activity_of(const caf::actor& whom);

/// Why it ends or has ended; nothing while it lives. Also of actors that are no processes of ours,
/// once they have ended. Not of null. Thread: any.
std::optional<caf::error> end_of(const caf::actor& whom);

/// The same as a question.
bool has_ended(const caf::actor& whom);

} // namespace aiex
