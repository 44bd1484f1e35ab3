#include "aiex/supervision/process/process.hpp"

#include <caf/actor_cast.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/exit_reason.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>
#include <caf/type_nr.hpp>

namespace aiex {

namespace {

bool is_kill(caf::mailbox_element& message) {
  auto& content = message.content();
  return content.type_token() == caf::make_type_token<caf::exit_msg>() &&
         content.get_as<caf::exit_msg>(0).reason == caf::exit_reason::kill;
}

const process* process_of(const caf::actor& whom) {
  return dynamic_cast<const process*>(caf::actor_cast<caf::abstract_actor*>(whom));
}

bool is_terminated(const caf::abstract_actor& whom) {
  return whom.getf(caf::abstract_actor::is_terminated_flag);
}

} // namespace

bool process::looks_closer(caf::mailbox_element& message, caf::execution_unit* host) {
  if (is_kill(message)) {
    life_->end(caf::exit_reason::kill, host);
    message.mid = message.mid.with_high_priority(); // what it still does is to be over soon
    return true;
  }
  if (!life_->has_begun_to_end())
    return true;
  refuse(message);
  return false;
}

caf::result<caf::message> process::drop(caf::scheduled_actor* self, caf::message_view&) {
  if (self->current_message_id().is_request())
    return caf::sec::unexpected_message;
  return caf::message{};
}

void process::on_error(caf::scheduled_actor* self, caf::error& why) {
  const caf::message_id sent_as = self->current_message_id();
  if (sent_as.is_response())
    self->quit(std::move(why));
  else if (sent_as.is_request()) // nobody knows how to answer it
    self->make_response_promise().deliver(caf::make_error(caf::sec::unexpected_message));
}

bool process::is_signal(caf::mailbox_element& message, std::optional<caf::error>& ends) {
  auto& content = message.content();
  if (content.type_token() != caf::make_type_token<caf::exit_msg>())
    return false;
  const auto& told = content.get_as<caf::exit_msg>(0);
  if (!is_process_signal(told.reason))
    return false;
  signal_effect effect = effect_of(told, links_, static_cast<bool>(trap_));
  if (effect.act != signal_effect::what::end)
    let_go_of_those_down(links_, *life_);
  if (effect.act == signal_effect::what::hear)
    exit_trap{trap_}(effect.signal); // it may be exchanged meanwhile
  if (effect.act == signal_effect::what::end)
    ends = std::move(effect.signal.reason);
  return true;
}

void process::refuse(const caf::mailbox_element& message) {
  caf::detail::sync_request_bouncer{caf::sec::request_receiver_down}(message);
}

std::shared_ptr<process_life> life_of(const caf::actor& whom) {
  const process* ours = process_of(whom);
  return ours == nullptr ? nullptr : ours->life();
}

std::shared_ptr<process_life> life_of(const caf::abstract_actor& whom) {
  const auto* ours = dynamic_cast<const process*>(&whom);
  return ours == nullptr ? nullptr : ours->life();
}

std::shared_ptr<const process_activity> activity_of(const caf::actor& whom) {
  const process* ours = process_of(whom);
  return ours == nullptr ? nullptr : ours->activity();
}

std::optional<caf::error> end_of(const caf::actor& whom) {
  if (const process* ours = process_of(whom))
    return ours->life()->reason();
  const auto* other = caf::actor_cast<caf::abstract_actor*>(whom);
  if (!is_terminated(*other))
    return std::nullopt;
  const auto* monitorable = dynamic_cast<const caf::monitorable_actor*>(other);
  return monitorable == nullptr ? caf::error{} : monitorable->fail_state();
}

bool has_ended(const caf::actor& whom) {
  if (const process* ours = process_of(whom))
    return ours->life()->has_begun_to_end();
  return is_terminated(*caf::actor_cast<caf::abstract_actor*>(whom));
}

} // namespace aiex
