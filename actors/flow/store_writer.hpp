// The store's writer: the actor that decides appends, and drives this node's member of the cluster.
// What others say, what the disk has done and the ticks of a clock all come to it, one at a time.
//
//   append_call -> open group -> entry -> members, disk -> answers
//                  kept, until somebody leads; or on its way to who does
//
// Alone it needs nobody: an entry is committed by its sync. With others, several groups are under
// way at once, and the disk of this node writes while theirs do.
#pragma once

#include "aiex/actors/flow/store_writer_state.hpp"
#include "aiex/persistence/store/event_store.hpp"

#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>

#include <memory>
#include <string>

namespace aiex {

/// What it has committed, and how much waits.
std::string state_text(const store_writer_state& state);

/// The writer. Runs detached: it waits for the disk.
///
///   append_call -> append_answer            in the order they came, those of one group
///   follow_log                              see there
///   store_statistics_call -> store_statistics
///   confirm_read -> read_confirmed          after what was taken in before
///   change_members -> members_changed
///   view_cluster -> cluster_view
///   meet_members, members_linked, members_said, task_from_member, answer_of_member
///                                           from the actor that speaks with the members
caf::behavior store_writer(caf::stateful_actor<store_writer_state>* self,
  std::shared_ptr<event_store> events, store_environment environment);

} // namespace aiex
