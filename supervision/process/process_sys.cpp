// What a process answers to OTP's sys: see sys_messages.hpp.
#include "aiex/supervision/process/crash_reason.hpp"
#include "aiex/supervision/process/crashed_at.hpp"
#include "aiex/supervision/process/process.hpp"

#include <caf/response_promise.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>
#include <caf/type_nr.hpp>

#include <exception>
#include <type_traits>

namespace aiex {

namespace {

/// Gives the message to `answers` as the one of these that it is.
template <class Answers, class... Calls>
void visit(sys_call_list<Calls...>, const caf::type_erased_tuple& content, const Answers& answers) {
  const auto is_one = [&]<class Call>(std::type_identity<Call>) {
    const bool is_it = content.match_elements<Call>();
    if (is_it)
      answers(content.get_as<Call>(0));
    return is_it;
  };
  static_cast<void>((is_one(std::type_identity<Calls>{}) || ...));
}

/// One function out of several.
template <class... Functions>
struct each_of : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
each_of(Functions...) -> each_of<Functions...>;

bool is_exit(const caf::mailbox_element& message) {
  return message.content().type_token() == caf::make_type_token<caf::exit_msg>();
}

/// A supervisor's, for one; not a signal of a link.
bool is_order_to_end(const caf::mailbox_element& message) {
  return is_exit(message) && !is_process_signal(message.content().get_as<caf::exit_msg>(0).reason);
}

caf::error thrown_now() {
  return caf::make_error(caf::sec::runtime_error, text_of(std::current_exception()));
}

caf::error wrong(std::string why) {
  return caf::make_error(caf::sec::invalid_argument, std::move(why));
}

} // namespace

struct process::sys_part {
  trace_ring trace;
  std::function<std::string()> says;
};

process::process(const turn_clock& clock, const std::shared_ptr<kept>& both)
    : clock_(clock), life_(both, &both->life), activity_(both, &both->activity) {}

process::~process() = default;

process::sys_part& process::sys() {
  if (!sys_)
    sys_ = std::make_unique<sys_part>();
  return *sys_;
}

void process::tells_state_by(std::function<std::string()> says) {
  sys().says = std::move(says);
}

bool process::has_to_wait(const caf::mailbox_element& message) const {
  if (!activity_->is_suspended())
    return false;
  // Who traps exits hears of links as of other messages; who does not is no part of that.
  return !is_order_to_end(message) && (!is_exit(message) || trap_);
}

bool process::is_traced() const {
  return sys_ && sys_->trace.is_on(clock_.exactly_now());
}

process::look::look(process& whose, caf::scheduled_actor& self, const caf::mailbox_element& message,
  const message_type& type)
    : whose_(whose), self_(self),
      is_order_to_end_(is_order_to_end(message)), note_{whose.clock_.exactly_now(), type,
                                                    message.sender ? message.sender->id() : 0, {},
                                                    trace_outcome::handled} {}

process::look::~look() {
  note_.took = whose_.clock_.exactly_now() - note_.at;
  whose_.has_looked_at(self_, note_, is_order_to_end_);
}

void process::has_looked_at(
  caf::scheduled_actor& self, const trace_note& done, bool was_order_to_end) {
  if (sys_ && sys_->trace.is_on(done.at))
    sys_->trace.note(done);
  if (was_order_to_end && activity_->is_suspended())
    resumes(self);
  is_looked_at_ = activity_->is_suspended() || is_traced();
}

void process::resumes(caf::scheduled_actor& self) {
  activity_->suspends(false);
  self.get_urgent_queue().flush_cache(); // CAF does so only with the queue it is reading
  self.get_normal_queue().flush_cache();
}

std::string process::state_text_of(const state_view& state) const {
  if (sys_ && sys_->says)
    return sys_->says();
  if (state.text != nullptr)
    return state.text(state.value);
  const process_activity::totals done = activity_->so_far();
  std::string text = "{";
  if (state.type != nullptr)
    text += "\"type\":\"" + type_name({0, state.type}) + "\",";
  return text + "\"messages_in\":" + std::to_string(done.messages_in) +
         ",\"handled\":" + std::to_string(done.handled) + "}";
}

process_statistics process::statistics() const {
  const process_activity::totals done = activity_->so_far();
  return {done.started, clock_.exactly_now(), done.messages_in, done.handled, done.in_turns,
    done.turn_longest, activity_->waiting(), activity_->is_suspended(), is_traced()};
}

caf::error process::traces(const trace_call& call) {
  if (!call.is_on) {
    sys().trace.end();
    return {};
  }
  if (call.events_max == 0 || call.events_max > trace_events_max)
    return wrong("a trace keeps 1 to " + std::to_string(trace_events_max) + " events, not " +
                 std::to_string(call.events_max));
  sys().trace.begin(call.events_max, clock_.exactly_now());
  return {};
}

caf::error process::replaces_state(const replace_state_call& call, const state_view& state) {
  if (call.type == nullptr || state.type == nullptr || *call.type != *state.type)
    return wrong("the state is of another type" +
                 (state.type == nullptr ? std::string{} : ": " + type_name({0, state.type})) +
                 "; replace that of a stateful_actor, by its own type");
  try {
    call.change(state.value);
  } catch (...) {
    return thrown_now();
  }
  return {};
}

void process::answers(
  caf::scheduled_actor& self, const caf::mailbox_element& message, const state_view& state) {
  caf::response_promise promise = self.make_response_promise();
  // As in OTP, what asks for the state cannot end the actor.
  const auto tell_state = [&] {
    try {
      promise.deliver(cut_to(state_text_of(state), sys_bytes_max));
    } catch (...) {
      promise.deliver(thrown_now());
    }
  };
  const auto done = [&](const caf::error& why) {
    if (why)
      promise.deliver(why);
    else
      promise.deliver(caf::message{});
  };
  const each_of answers{
    [&](const get_state_call&) { tell_state(); },
    [&](const suspend_call&) {
      activity_->suspends(true);
      done({});
    },
    [&](const resume_call&) {
      resumes(self);
      done({});
    },
    [&](const statistics_call&) { promise.deliver(statistics()); },
    [&](const trace_call& call) { done(traces(call)); },
    [&](const get_trace_call&) {
      promise.deliver(sys_ ? sys_->trace.told(clock_.exactly_now()) : process_trace{});
    },
    [&](const replace_state_call& call) {
      if (const caf::error why = replaces_state(call, state))
        promise.deliver(why);
      else
        tell_state();
    },
  };
  visit(sys_calls{}, message.content(), answers);
  is_looked_at_ = activity_->is_suspended() || is_traced();
}

} // namespace aiex
