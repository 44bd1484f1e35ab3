// Start functions for child specs, made from the functions that actors consist of.
#pragma once

#include "aiex/supervision/process/crash_reason.hpp"
#include "aiex/supervision/process/crashed_at.hpp"
#include "aiex/supervision/process/process.hpp"
#include "aiex/supervision/process/registry.hpp"
#include "aiex/supervision/tree/child_spec.hpp"

#include <caf/actor_system.hpp>
#include <caf/attachable.hpp>
#include <caf/behavior.hpp>
#include <caf/execution_unit.hpp>
#include <caf/invoke_message_result.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/sec.hpp>
#include <caf/spawn_options.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace aiex {

/// The exit reason of an actor whose handler threw: with what the exception says. `handled`: the
/// message that the handler was given, if it was one.
inline caf::error reason_of(
  const std::exception_ptr& thrown, const caf::mailbox_element* handled = nullptr) {
  crash_reason crash{text_of(thrown)};
  if (handled != nullptr)
    crash.last_message = type_names(handled->content());
  try {
    std::rethrow_exception(thrown);
  } catch (const crashed_at& known) {
    crash.site = known.site();
  } catch (...) { // it has said what it has to say
  }
  return to_error(crash);
}

/// An actor whose beginning runs inside its spawn, so that who spawns it knows whether it has
/// begun: not if it throws, or quits with a reason that is not normal. (CAF runs the function of an
/// actor only when a worker first comes to it.) What its handlers throw is its exit reason;
/// messages that it does not know are dropped, or answered with an error. It is a process: its end
/// is its life's, not what CAF notes.
template <class Self>
class eager_actor : public Self, public process {
public:
  using beginning = std::function<caf::behavior(Self*)>;

  /// `failure`: what `begin` threw.
  eager_actor(
    caf::actor_config& config, const beginning& begin, const std::shared_ptr<caf::error>& failure)
      : Self(config), process(turn_clock{this->clock()}) {
    this->set_default_handler(&process::drop);
    this->set_error_handler(&process::on_error);
    // Who called is answered before `cleanup`, and is to find the reason then.
    this->set_exception_handler(
      [its = life()](caf::scheduled_actor* self, std::exception_ptr& thrown) {
        caf::error why = reason_of(thrown, self->current_mailbox_element());
        its->begins_to_end(why);
        return why;
      });
    turn start{*this, {}};
    start.is_of_no_message();
    try {
      behavior_ = begin(this);
      if (this->getf(Self::is_shutting_down_flag)) // OTP's {stop, Reason}
        failure_ = *failure = this->fail_state();  // none: it has done what it was for
    } catch (...) {
      failure_ = *failure = reason_of(std::current_exception());
    }
  }

  caf::behavior make_behavior() override {
    if (failure_) {
      this->quit(failure_);
      return {};
    }
    return std::move(behavior_);
  }

  /// One that has begun rests until its first message: no worker has to come by only to find that
  /// there is nothing to do. One that failed, or has done what it was for, has still to end.
  void launch(caf::execution_unit* host, bool is_lazy, bool is_hidden) override {
    const bool can_rest = !failure_ && !this->getf(Self::is_shutting_down_flag) && behavior_ &&
                          !behavior_.timeout().valid();
    Self::launch(host, is_lazy || can_rest, is_hidden);
  }

  void attach(caf::attachable_ptr who) override { life()->watch(std::move(who)); }
  std::size_t detach(const caf::attachable::token& what) override { return life()->unwatch(what); }

  using Self::enqueue;
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* host) override {
    if (!lets_in(*message, host))
      return;
    activity()->comes_in();
    Self::enqueue(std::move(message), host);
  }

  /// Every end passes here, in the actor's thread. A kill comes earlier, in another's.
  bool cleanup(caf::error&& why, caf::execution_unit* host) override {
    life()->begins_to_end(why);
    Self::cleanup(std::move(why), host); // answers those who still wait in the mailbox
    return life()->end(this->fail_state(), host);
  }

protected:
  using Self::consume;
  caf::invoke_message_result consume(caf::mailbox_element& message) override {
    const message_type type = type_of(message.content());
    turn now{*this, type};
    const auto outcome = is_ordinary(type) ? take(message) : take_with_care(message, type);
    if (outcome == caf::invoke_message_result::skipped)
      now.is_of_no_message();
    return outcome;
  }

private:
  /// A message of sys, or one that comes to an actor that is suspended or traced.
  caf::invoke_message_result take_with_care(
    caf::mailbox_element& message, const message_type& type) {
    if (life()->has_begun_to_end())
      return take(message);
    this->current_mailbox_element(&message);
    if (is_sys_call(type)) {
      answers(*this, message, its_state());
      return caf::invoke_message_result::consumed;
    }
    if (has_to_wait(message))
      return caf::invoke_message_result::skipped;
    look seen{*this, *this, message, type};
    const auto outcome = take(message);
    if (outcome == caf::invoke_message_result::skipped)
      seen.was_put_back();
    return outcome;
  }

  state_view its_state() {
    if constexpr (requires(Self & it) { it.state; })
      return view_of(this->state);
    else
      return {};
  }

  caf::invoke_message_result take(caf::mailbox_element& message) {
    if (!life()->has_begun_to_end()) {
      std::optional<caf::error> ends;
      this->current_mailbox_element(&message); // who hears a signal may throw
      if (message.mid.is_request() || message.mid.is_response() || !is_signal(message, ends))
        return Self::consume(message);
      if (ends)
        this->quit(std::move(*ends));
      return caf::invoke_message_result::consumed;
    }
    refuse(message); // killed: what waits is dropped
    this->quit(life()->reason().value_or(caf::error{}));
    return caf::invoke_message_result::consumed;
  }

  caf::behavior behavior_;
  caf::error failure_;
};

/// Spawns `body`, which has begun or failed when this returns.
template <caf::spawn_options Options = caf::no_spawn_options, class Self, class... Params>
start_outcome spawn_eager(caf::actor_system& system, caf::behavior (*body)(Self*, Params...),
  const std::decay_t<Params>&... arguments) {
  const auto begin = [&](Self* self) { return body(self, std::decay_t<Params>(arguments)...); };
  auto failure = std::make_shared<caf::error>();
  auto made =
    system.spawn<eager_actor<Self>, Options>(typename eager_actor<Self>::beginning{begin}, failure);
  if (*failure)
    return failing{std::move(made), *failure};
  return started{std::move(made)};
}

/// `body` as a child: `worker("bus", spawns(bus, events, memory))`. The arguments are copied into
/// each start. With `caf::detached` it runs on a thread of its own once it has begun.
template <caf::spawn_options Options = caf::no_spawn_options, class Self, class... Params>
start_function spawns(caf::behavior (*body)(Self*, Params...), std::decay_t<Params>... arguments) {
  return [body, given = std::tuple{std::move(arguments)...}](caf::event_based_actor& supervisor) {
    return std::apply(
      [&](const auto&... each) { return spawn_eager<Options>(supervisor.system(), body, each...); },
      given);
  };
}

/// The same, known under a name from each start on. The name is reserved before the start begins:
/// if another has it, nothing begins, and the outcome is `taken`. OTP's {via, Registry, Name}.
inline start_function via(registry names, std::string name, start_function start) {
  return [names = std::move(names), name = std::move(name), start = std::move(start)](
           caf::event_based_actor& supervisor) -> start_outcome {
    auto held = names.reserve(name, life_of(supervisor));
    if (!held && held.error().holder)
      return taken{held.error().holder, name};
    if (!held)
      return caf::make_error(caf::sec::invalid_argument, held.error().message);
    start_outcome outcome = start(supervisor);
    if (const started* made = std::get_if<started>(&outcome); made != nullptr && made->actor)
      std::move(*held).fulfil(made->actor);
    return outcome;
  };
}

/// A child of any kind, known under a name: `named(names, "bank", supervisor_child("bank", …))`.
inline child_spec named(const registry& names, std::string name, child_spec child) {
  child.start = via(names, std::move(name), std::move(child.start));
  return child;
}

} // namespace aiex
