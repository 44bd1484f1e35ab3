#include "aiex/supervision/tree/supervisor.hpp"

#include "aiex/supervision/tree/internal/child_life.hpp"
#include "aiex/supervision/tree/internal/order_queue.hpp"
#include "aiex/supervision/tree/internal/supervisor_queries.hpp"
#include "aiex/supervision/tree/internal/timed_start.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <utility>

namespace aiex {

namespace {

/// The supervisor's words to itself.
struct stop_timeout {
  child_key key = 0;
};
struct retry_start {
  std::string id;
  std::uint64_t number = 0;
};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::stop_timeout)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::retry_start)

namespace aiex {

namespace {

using supervisor_actor = caf::stateful_actor<supervisor_state>;

/// Carries out orders; each start answers with more of them.
class order_runner {
public:
  explicit order_runner(supervisor_actor* self)
      : self_(self), state_(self->state), orders_(*self) {}

  void run(supervisor_orders given) {
    orders_.add(std::move(given));
    orders_.run([this](const auto& order) { this->carry_out(order); });
    hold_while(*self_, state_.core->is_busy(), state_.itself);
  }

private:
  /// `below`: which of its children it was, if it is a supervisor.
  void note_failure(const std::string& id, const std::string& reason,
    const std::optional<failed_to_start_child>& below = {}) {
    state_.last_failure = begin_failure{"child '" + id + "': " + reason,
      below ? failed_to_start_child{id + '/' + below->id, below->reason}
            : failed_to_start_child{id, reason}};
  }

  void carry_out(const start_order& order) {
    const supervisor_core::child& child = *state_.core->find(order.id);
    const start_outcome outcome =
      outcome_of(state_.context, child.spec, child.restarts, *self_, *state_.living);
    if (const auto* unfinished = std::get_if<failing>(&outcome))
      note_failure(order.id, exit_text(unfinished->reason), unfinished->child);
    std::visit([this](const auto& made) { this->on_outcome(made); }, outcome);
  }

  void on_outcome(const started& made) {
    if (const auto reason = reason_of_early_end(made.actor))
      return fail(*reason);
    watch(made.actor);
    if (!made.info.empty())
      state_.infos.emplace(made.actor.id(), made.info);
    orders_.add(state_.core->on_started(made.actor.id()));
  }
  void on_outcome(const ignored&) { orders_.add(state_.core->on_ignored()); }
  void on_outcome(const failing& made) {
    state_.failing = {made.actor.id(), exit_text(made.reason)};
    watch(made.actor);
  }
  void on_outcome(const taken& made) {
    stranger_ = made.actor;
    orders_.add(state_.core->on_name_taken(made.actor.id(), made.reason()));
  }
  void on_outcome(const caf::error& reason) { fail(reason); }

  void fail(const caf::error& reason) {
    orders_.add(state_.core->on_start_failed(exit_text(reason), self_->clock().now()));
  }

  void watch(const caf::actor& child) {
    state_.living->emplace(child.id(), child);
    self_->monitor(child);
  }

  void send_exit(child_key key, const caf::error& reason) {
    if (const caf::actor child = state_.living->at(key))
      self_->send<caf::message_priority::high>(child, caf::exit_msg{self_->address(), reason});
  }

  void carry_out(const stop_order& order) {
    if (order.how.kills())
      return carry_out(kill_order{order.key});
    send_exit(order.key, shutdown_reason());
    if (!order.how.waits_forever())
      self_->delayed_send(self_, order.how.time(), stop_timeout{order.key});
  }
  void carry_out(const kill_order& order) {
    send_exit(order.key, caf::exit_reason::kill);
    self_->delayed_send(self_, kill_patience, stop_timeout{order.key});
  }
  void carry_out(const retry_order& order) {
    if (order.delay.count() == 0)
      self_->send(self_, retry_start{order.id, order.number});
    else
      self_->delayed_send(self_, order.delay, retry_start{order.id, order.number});
  }

  void carry_out(const answer_order& order) {
    const auto asked = state_.asked.find(order.token);
    if (auto* start = std::get_if<supervisor_state::start_promise>(&asked->second))
      start->deliver(start_child_answer{
        order.answer.map([&](const std::optional<child_key>& key) { return started_of(key); }),
        who_runs(order.running)});
    else
      std::get<supervisor_state::plain_promise>(asked->second)
        .deliver(supervision_answer{order.answer.map([](const std::optional<child_key>&) {})});
    state_.asked.erase(asked);
  }

  started started_of(const std::optional<child_key>& key) const {
    if (!key)
      return {};
    const auto info = state_.infos.find(*key);
    return {state_.living->at(*key), info == state_.infos.end() ? std::string{} : info->second};
  }

  caf::actor who_runs(child_key key) const {
    // A stranger of another node may have the number of a child.
    return stranger_ && stranger_.id() == key ? stranger_ : state_.living->at(key);
  }

  void carry_out(const report_order& order) {
    if (order.what == child_change::failed_to_start)
      note_failure(order.id, order.reason);
    supervision_event event{
      state_.context.path + '/' + order.id, order.what, order.reason, order.restarts, order.kind};
    state_.said.move_into(event, order.key);
    tell(state_.context.observe, event);
  }

  void carry_out(const end_order& order) {
    switch (order.why) {
    case end_order::cause::told: return self_->quit(state_.told.value_or(shutdown_reason()));
    case end_order::cause::failed_to_begin: return self_->quit(shutdown_reason(order.reason));
    case end_order::cause::gave_up:
    case end_order::cause::significant: return self_->quit(shutdown_reason());
    }
  }

  supervisor_actor* self_;
  supervisor_state& state_;
  order_queue<supervisor_order> orders_;
  caf::actor stranger_; // has the name of the child that was started last
};

void on_down(supervisor_actor* self, const caf::down_msg& down) {
  supervisor_state& state = self->state;
  const child_key key = down.source.id();
  state.living->erase(key);
  state.infos.erase(key);
  if (state.failing && state.failing->key == key) {
    const std::string reason = std::exchange(state.failing, std::nullopt)->reason;
    return order_runner{self}.run(state.core->on_start_failed(reason, self->clock().now()));
  }
  if (state.core->has(key))
    state.said.note(key, down.reason);
  order_runner{self}.run(
    state.core->on_ended(key, kind_of(down.reason), exit_text(down.reason), self->clock().now()));
}

template <class Promise, class Answer>
Promise ask(supervisor_actor* self, supervisor_request request) {
  supervisor_state& state = self->state;
  Promise promise = self->make_response_promise<Answer>();
  const request_token token = ++state.last_token;
  state.asked.emplace(token, promise);
  order_runner{self}.run(state.core->on_request(token, std::move(request)));
  return promise;
}

supervisor_state::start_promise ask_start(supervisor_actor* self, supervisor_request request) {
  return ask<supervisor_state::start_promise, start_child_answer>(self, std::move(request));
}

supervisor_state::plain_promise ask_plain(supervisor_actor* self, supervisor_request request) {
  return ask<supervisor_state::plain_promise, supervision_answer>(self, std::move(request));
}

static_children known_to(const supervisor_actor* self) {
  return {*self->state.core, *self->state.living};
}

void on_told(supervisor_actor* self, const caf::error& reason) {
  supervisor_state& state = self->state;
  if (!state.told)
    state.told = reason;
  order_runner{self}.run(state.core->on_shutdown(exit_text(reason), kind_of(reason)));
}

void install_handlers(supervisor_actor* self) {
  self->set_down_handler([self](const caf::down_msg& down) { on_down(self, down); });
  self->set_exit_handler([self](const caf::exit_msg& told) {
    if (heeds(self->state.parent, *self->state.living, told))
      on_told(self, told.reason);
  });
  trap_links(*self, self->state.parent, [self](const caf::error& why) { on_told(self, why); });
  kill_with(*self, self->state.living);
}

} // namespace

caf::behavior supervisor(supervisor_actor* self, supervisor_spec spec, supervision_context context,
  caf::actor_addr parent, std::shared_ptr<std::optional<begin_failure>> failure) {
  self->state.context = std::move(context);
  self->state.parent = std::move(parent);
  self->state.core.emplace(std::move(spec), seed_of(self->id()));
  install_handlers(self);
  order_runner{self}.run(self->state.core->begin());
  if (!self->state.core->has_begun())
    *failure = self->state.last_failure;
  if (self->state.core->has_ended())
    return {}; // nothing had to be taken back
  return {
    [self](
      start_child_call& call) { return ask_start(self, start_request{std::move(call.child)}); },
    [self](
      restart_child_call& call) { return ask_start(self, restart_request{std::move(call.id)}); },
    [self](terminate_child_call& call) {
      return ask_plain(self, terminate_request{std::move(call.id)});
    },
    [self](delete_child_call& call) { return ask_plain(self, delete_request{std::move(call.id)}); },
    [self](change_supervisor_call& call) {
      return ask_plain(self, change_request{std::move(call.wanted)});
    },
    [self](const get_childspec_call& call) { return childspec_of(*self->state.core, call.id); },
    [self](const which_child_call& call) { return child_of(known_to(self), call.id); },
    [self](which_children_call) { return children_of(known_to(self)); },
    [self](count_children_call) { return count_of(*self->state.core); },
    [self](supervision_tree_call call) {
      return draw_tree(self, known_to(self), self->state.context.path, call);
    },
    [self](stop_timeout timeout) {
      order_runner{self}.run(self->state.core->on_stop_timeout(timeout.key, self->clock().now()));
    },
    [self](retry_start& retry) {
      order_runner{self}.run(
        self->state.core->on_retry(retry.id, retry.number, self->clock().now()));
    },
  };
}

start_outcome start_supervisor(caf::actor_system& system, supervisor_spec spec,
  supervision_context context, caf::actor_addr parent) {
  if (const auto sound = check(spec); !sound)
    return caf::make_error(caf::sec::invalid_argument, sound.error().message);
  const auto failure = std::make_shared<std::optional<begin_failure>>();
  start_outcome made = spawn_eager(system, supervisor, spec, context, parent, failure);
  if (*failure) // it has ended, or has still to stop those that it had started
    return failing{actor_of(made), caf::make_error(caf::sec::runtime_error, (*failure)->text),
      (*failure)->child};
  return made;
}

void stop_supervisor(const caf::actor& supervisor, const caf::error& reason) {
  caf::anon_send(supervisor, caf::exit_msg{nullptr, reason});
}

child_spec supervisor_child(
  std::string id, supervisor_spec spec, supervision_context parent, worker_options options) {
  supervision_context own = below(std::move(parent), id);
  child_spec made = worker(
    std::move(id),
    [spec = std::move(spec), context = std::move(own)](caf::event_based_actor& supervisor) {
      return start_supervisor(supervisor.system(), spec, context, supervisor.address());
    },
    options);
  made.kind = child_kind::supervisor;
  return made;
}

} // namespace aiex
