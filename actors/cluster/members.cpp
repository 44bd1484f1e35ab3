// Tested by tests/actors/testing/test_cluster_test.cpp
#include "aiex/actors/cluster/members.hpp"

#include "aiex/actors/cluster/mesh_messages.hpp"
#include "aiex/actors/cluster/mesh_name.hpp"
#include "aiex/actors/cluster/task_codec.hpp"
#include "aiex/actors/flow/member_messages.hpp"
#include "aiex/persistence/consensus/message_codec.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiex {

namespace {

using members_actor = caf::stateful_actor<members_state>;

/// What is large and can wait; all else keeps an election from being held, or ends one.
bool can_wait(const consensus::message& what) {
  return what.is<consensus::fetch_answer>() ||
         (what.is<consensus::replicate_request>() &&
           !std::get<consensus::replicate_request>(what.what).entries.empty());
}

class members_part {
public:
  members_part(members_actor* self, caf::actor writer, caf::actor mesh)
      : self_(self), writer_(std::move(writer)), mesh_(std::move(mesh)) {}

  void up(const node_up& now) const {
    self_->state.linked.insert(now.who.store);
    tell_linked();
  }
  void down(const node_down& now) const {
    self_->state.linked.erase(now.who.store);
    tell_linked();
  }

  void hear(const peer_message& heard) const {
    ++self_->state.heard;
    const bool is_read =
      heard.channel == peer_channel::consensus ? hear_member(heard) : hear_task(heard);
    self_->state.refused += is_read ? 0 : 1;
  }

  void say(say_to_members& said) const {
    for (const consensus::message& each : said.all)
      send({each.to, peer_channel::consensus, !can_wait(each), to_bytes(each)});
  }

  void ask_member(const task_for_member& task) const {
    send({task.to, peer_channel::store, false, to_bytes(sent_task{task.number, task.what})});
  }

  void answer(const answer_for_member& answered) const {
    send({answered.to, peer_channel::store, false,
      to_bytes(sent_answer{answered.number, answered.done})});
  }

private:
  void tell_linked() const { self_->send(writer_, members_linked{self_->state.linked}); }

  void send(peer_send what) const {
    ++self_->state.sent;
    self_->send(mesh_, std::move(what));
  }

  bool hear_member(const peer_message& heard) const {
    auto message = consensus::message_of(heard.bytes, self_->state.hash);
    if (!message || message->from != heard.from)
      return false;
    members_said said;
    said.all.push_back(std::move(*message));
    self_->send(writer_, std::move(said));
    return true;
  }

  bool hear_task(const peer_message& heard) const {
    auto read = task_of(heard.bytes);
    if (!read)
      return false;
    if (auto* const task = std::get_if<sent_task>(&*read)) {
      self_->send(writer_, task_from_member{heard.from, task->number, std::move(task->what)});
      return true;
    }
    auto& answer = std::get<sent_answer>(*read);
    self_->send(writer_, answer_of_member{heard.from, answer.number, std::move(answer.done)});
    return true;
  }

  members_actor* self_;
  caf::actor writer_;
  caf::actor mesh_;
};

} // namespace

std::string state_text(const members_state& state) {
  return fmt::format(R"({{"linked":{},"sent":{},"heard":{},"refused":{}}})", state.linked.size(),
    state.sent, state.heard, state.refused);
}

caf::behavior members(members_actor* self, caf::actor writer, registry names) {
  caf::actor mesh = mesh_of(names);
  self->send(writer, meet_members{caf::actor{self}});
  self->send(writer, members_linked{}); // what one before this knew counts no more
  self->send(mesh, follow_peers{caf::actor{self}, {peer_channel::consensus, peer_channel::store}});
  const members_part its{self, std::move(writer), std::move(mesh)};
  return {
    [its](const node_up& now) { its.up(now); },
    [its](const node_down& now) { its.down(now); },
    [its](const peer_message& heard) { its.hear(heard); },
    [its](say_to_members& said) { its.say(said); },
    [its](const task_for_member& task) { its.ask_member(task); },
    [its](const answer_for_member& answered) { its.answer(answered); },
  };
}

} // namespace aiex
