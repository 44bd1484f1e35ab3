// The behaviour of the store's writer: the actor, its store, and what it was given. In three files,
// by what it is about: appends, the other members, and all that comes from the disk and the clock.
#pragma once

#include "aiex/actors/flow/store_writer_state.hpp"
#include "aiex/persistence/store/event_store.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <memory>
#include <utility>

namespace aiex {

/// The writer's word to itself: commit what has come in before this.
struct store_flush {};

/// The writer's word to itself: there is more to do on the disk.
struct store_work_on {};

/// The writer's word to itself: it has been waited long enough for more, if still for the same.
struct store_gathered {
  std::uint64_t gathering;
};

/// The clock of the consensus core.
struct store_ticked {};

store_statistics statistics_of(const store_writer_state& state);

/// Copies are for the same actor. Thread: the writer's.
class store_writer_part {
public:
  using writer = caf::stateful_actor<store_writer_state>;
  using member_id = consensus::member_id;

  store_writer_part(
    writer* self, std::shared_ptr<event_store> events, store_environment environment)
      : self_(self), events_(std::move(events)), environment_(std::move(environment)) {}

  // appends: store_writer_appends.cpp
  void append(append_call& call) const;
  void flush_due() const;
  void gathered_until(store_gathered over) const;

  // the other members: store_writer_members.cpp
  void link(members_linked& now) const;
  void hear(members_said& said) const;
  void do_for_member(task_from_member& task) const;
  void member_answered(answer_of_member& answered) const;
  void ask(const ask_applied& asked, caf::response_promise promise) const;
  void confirm(caf::response_promise promise) const;
  void change(change_members& asked, caf::response_promise promise) const;
  cluster_view view() const;

  // disk, clock, followers: store_writer.cpp
  void meet(meet_members& what) const;
  void tick() const;
  void follow(follow_log& what) const;
  /// Does what is to be done on the disk, but lets in what has come meanwhile behind each sync.
  void work() const;
  /// To whoever looks at the cluster from other threads.
  void show() const;

private:
  replica& member() const { return events_->member(); }

  /// Decides it here, sends it to who can, keeps it, or refuses it.
  void place(waiting_append asked) const;
  void place_kept() const;
  /// Until the next tick: who leads may be known by then.
  void keep(waiting_append asked, errc why) const;
  void decide_for(const remote_asker& asker, std::shared_ptr<const append_request> request) const;
  void decide(waiting_append asked) const;
  void go_on() const;
  void request_flush() const;
  /// Whether those who were just answered are to come first.
  bool waits_for_more() const;
  void end_gathering() const;
  void answer_group(answered_appends& done) const;
  /// Answers from afar, once this node sees what they rest on.
  void answer_early() const;
  void tell(waiting_append asked, result<append_result> outcome) const;
  void count(const result<append_result>& outcome, std::size_t events) const;
  /// Another may be in its place and have read what is there: its wishes come too late.
  void refuse_killed(waiting_append asked) const;

  member_id whom_to_ask(const change_members& asked, const leadership& now) const;
  error not_the_leader() const;
  void answer(const remote_asker& asker, result<append_result> outcome) const;
  void begin_change(
    const consensus::member_change& what, store_writer_state::waiting_change asked) const;
  void begin_read(store_writer_state::waiting_read asked) const;
  /// While nobody leads and a majority is seen it waits, as an append does.
  void end_read(const answered_read& done) const;
  void begin_kept_reads() const;
  /// Members change one at a time: who asks meanwhile waits.
  void end_change(const consensus::change_outcome& done) const;
  void begin_kept_changes() const;
  /// Begins it; who leads then is seen in the view.
  result<append_result> hand_over(const consensus::transfer& to) const;
  void deliver(store_writer_state::waiting_change& asked, const task_done& done) const;
  /// Changes that were on their way to a node which is not heard any more.
  void lose_changes(member_id node) const;
  leadership leads() const;

  void commit() const;
  /// What the store has to say is said before its disk works: the others' write meanwhile. One sync
  /// at a time; what has come in during it is then looked at first.
  void serve(timestamp now) const;
  void speak() const;
  void tick_later() const;
  void tell_followers() const;

  /// Nothing later succeeds. Who has asked until now is told why.
  void give_up(const error& why) const;

  writer* self_;
  std::shared_ptr<event_store> events_;
  store_environment environment_;
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::store_flush)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::store_work_on)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::store_gathered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::store_ticked)
