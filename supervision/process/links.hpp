// Links between actors, and trapping exits: erlang:link, unlink, process_flag(trap_exit, true).
//
// A link tells both: when the one ends, the other is sent an exit signal with its reason.
//
//   reason      does not trap         traps
//   normal      goes on               hears it
//   abnormal    ends for it           hears it
//   killed      ends for it           hears it     the linked one was killed
//   kill        ends, killed          ends, killed sent directly; nobody can trap it
//
// CAF's `link_to` is not to be used: it hands on the kill itself, which ends a whole set of actors.
#pragma once

#include "aiex/supervision/process/link_table.hpp"

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>

#include <cstddef>

namespace aiex {

class process;

/// Of an actor that was spawned by `spawns`. Thread: the actor's.
class links {
public:
  /// Throws std::logic_error if `self` is no process. `most`: so many it may have, also by those
  /// who link to it; the fewest that it has ever said.
  explicit links(caf::event_based_actor* self, std::size_t most = links_max);

  /// Twice is once; to itself, nothing. One that has ended, or null, is an exit signal with
  /// `no_process_reason()`. Throws std::length_error if `self` or `whom` has as many as it may
  /// have.
  void link(const caf::actor& whom) const;

  /// No signal of the link comes after this, to neither of them, not even one that lies in the
  /// mailbox already.
  void unlink(const caf::actor& whom) const;

  /// From now on exit signals are heard by `hears`; those of `kill` never.
  void trap_exit(exit_trap hears) const;

private:
  caf::event_based_actor* self_;
  process* its_;
};

/// erlang:exit(Pid, Reason): an exit signal, as if by a link. Order: behind what was sent before.
void send_exit_signal(
  const caf::actor_addr& from, const caf::actor& whom, const caf::error& reason);

/// As `send_exit_signal`, but a normal end is one, too: gen:stop.
void send_stop(const caf::actor& whom, const caf::actor_addr& from, const caf::error& reason);

} // namespace aiex
