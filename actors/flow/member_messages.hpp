// What the store's writer and the actor that speaks with the other members of the cluster say to
// each other. None of it leaves the process.
#pragma once

#include "aiex/actors/flow/member_task.hpp"
#include "aiex/persistence/consensus/configuration.hpp"
#include "aiex/persistence/consensus/input.hpp"
#include "aiex/persistence/consensus/message.hpp"
#include "aiex/persistence/consensus/outputs.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <variant>
#include <vector>

namespace aiex {

/// Of the consensus core: what its limits count in.
inline constexpr std::chrono::milliseconds consensus_tick{50};

/// To the writer: from now on it has company. Its clock ticks, and what it has for others goes to
/// `peers`, of which there is one.
struct meet_members {
  caf::actor peers{};
};

/// To the writer: the members that there are links to, all of them.
struct members_linked {
  std::set<consensus::member_id> all{};
};

/// To the writer: said by other members; and from it, to them.
struct members_said {
  std::vector<consensus::message> all{};
};
struct say_to_members {
  std::vector<consensus::message> all{};
};

/// From the writer: to another member. And to the writer: one asks.
struct task_for_member {
  consensus::member_id to{};
  std::uint64_t number = 0;
  member_task what{};
};
struct task_from_member {
  consensus::member_id from{};
  std::uint64_t number = 0;
  member_task what{};
};

/// From the writer: to the member that asked. And to the writer: who was asked has answered.
struct answer_for_member {
  consensus::member_id to{};
  std::uint64_t number = 0;
  task_done done{};
};
struct answer_of_member {
  consensus::member_id from{};
  std::uint64_t number = 0;
  task_done done{};
};

/// To the writer of any member: answered with `members_changed` when the log says it, or with why
/// not. A transfer is answered when it has begun.
struct change_members {
  std::variant<consensus::member_change, consensus::transfer> what{};
  bool asks_any = false; ///< Who is no member yet knows no leader: it asks one node after another.
};
struct members_changed {
  result<void> outcome{};
};

/// To the writer: up to where has that member applied the log? Answered with `member_applied`; not
/// at all if it is silent.
struct ask_applied {
  consensus::member_id member{};
};
struct member_applied {
  result<std::uint64_t> index{};
};

/// To the writer: answered with `read_confirmed` when the state shows all that was committed before
/// this was asked. Errors: no_quorum, overloaded, and that of a store that has failed.
struct confirm_read {};
struct read_confirmed {
  result<void> outcome{};
};

/// To the writer: how the cluster looks from here. Answered with `cluster_view`.
struct view_cluster {};
struct cluster_view {
  consensus::member_id self{};
  consensus::role role = consensus::role::follower;
  std::uint64_t term = 0;
  consensus::member_id leader{}; ///< Nil: unknown.
  consensus::configuration members{};
  bool is_joining = false; ///< It has no members yet, and waits to be one.
  std::uint64_t last = 0;  ///< Entry of the log.
  std::uint64_t committed = 0;
  std::uint64_t applied = 0;
  position head{};                                         ///< Of what is applied.
  std::set<consensus::member_id> linked{};                 ///< Without this node.
  bool sees_majority = false;                              ///< This node and those.
  std::map<consensus::member_id, std::uint64_t> matches{}; ///< Of a leader: what the others have.
};

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::meet_members)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::members_linked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::members_said)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::say_to_members)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::task_for_member)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::task_from_member)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::answer_for_member)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::answer_of_member)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::ask_applied)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::member_applied)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::change_members)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::members_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::confirm_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::read_confirmed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::view_cluster)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::cluster_view)
