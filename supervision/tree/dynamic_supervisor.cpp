#include "aiex/supervision/tree/dynamic_supervisor.hpp"

#include "aiex/supervision/tree/internal/child_life.hpp"
#include "aiex/supervision/tree/internal/dynamic_queries.hpp"
#include "aiex/supervision/tree/internal/order_queue.hpp"
#include "aiex/supervision/tree/internal/timed_start.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <utility>

namespace aiex {

namespace {

/// The supervisor's words to itself.
struct one_timeout {
  child_key key = 0;
};
struct all_timeout {};
struct retry_dynamic {
  dynamic_child which = 0;
};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::one_timeout)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::all_timeout)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::retry_dynamic)

namespace aiex {

namespace {

using dynamic_actor = caf::stateful_actor<dynamic_supervisor_state>;

/// Carries out orders; each start answers with more of them.
class dynamic_runner {
public:
  explicit dynamic_runner(dynamic_actor* self) : self_(self), state_(self->state), orders_(*self) {}

  void run(dynamic_core::orders given) {
    orders_.add(std::move(given));
    orders_.run([this](const auto& order) { this->carry_out(order); });
    hold_while(*self_, state_.core->is_ending(), state_.itself);
  }

  void fail_start(dynamic_child which, const std::string& reason) {
    refuse_start(which, {supervision_errc::start_failed, reason});
    run(state_.core->on_start_failed(which, reason));
  }

private:
  void carry_out(const dynamic_core::start& order) {
    const dynamic_core::child& child = *state_.core->find(order.which);
    start_outcome outcome =
      outcome_of(state_.context, child.spec, child.restarts, *self_, *state_.living);
    std::visit([&](auto& made) { this->on_outcome(order.which, made); }, outcome);
  }

  void on_outcome(dynamic_child which, started& made) {
    if (const auto reason = reason_of_early_end(made.actor))
      return failed(which, exit_text(*reason));
    watch(made.actor);
    const child_key key = made.actor.id();
    answer_start(which, std::move(made));
    orders_.add(state_.core->on_started(which, key));
  }
  void on_outcome(dynamic_child which, ignored&) {
    answer_start(which, started{});
    orders_.add(state_.core->on_ignored(which));
  }
  void on_outcome(dynamic_child which, failing& made) {
    state_.failing.emplace(
      made.actor.id(), dynamic_supervisor_state::failing_start{which, exit_text(made.reason)});
    watch(made.actor);
  }
  void on_outcome(dynamic_child which, taken& made) {
    const std::string reason = made.reason();
    refuse_start(which, {supervision_errc::already_started, reason}, std::move(made.actor));
    failed(which, reason);
  }
  void on_outcome(dynamic_child which, caf::error& reason) { failed(which, exit_text(reason)); }

  void failed(dynamic_child which, const std::string& reason) {
    refuse_start(which, {supervision_errc::start_failed, reason});
    orders_.add(state_.core->on_start_failed(which, reason));
  }

  void watch(const caf::actor& child) {
    state_.living->emplace(child.id(), child);
    self_->monitor(child);
  }

  void answer_start(dynamic_child which, started made) {
    if (auto asked = state_.starts.extract(which))
      asked.mapped().deliver(start_child_answer{std::move(made)});
  }
  void refuse_start(dynamic_child which, supervision_error why, caf::actor running = {}) {
    if (auto asked = state_.starts.extract(which))
      asked.mapped().deliver(
        start_child_answer{tl::unexpected(std::move(why)), std::move(running)});
  }

  void carry_out(const dynamic_core::stop& order) {
    const caf::actor child = state_.living->at(order.key);
    if (!child)
      return;
    const caf::error reason = order.kills ? caf::error{caf::exit_reason::kill} : shutdown_reason();
    self_->send<caf::message_priority::high>(child, caf::exit_msg{self_->address(), reason});
    if (order.time)
      self_->delayed_send(self_, *order.time, one_timeout{order.key});
  }
  void carry_out(const dynamic_core::retry& order) {
    if (order.delay.count() == 0)
      self_->send(self_, retry_dynamic{order.which});
    else
      self_->delayed_send(self_, order.delay, retry_dynamic{order.which});
  }
  void carry_out(const dynamic_core::wait& order) {
    self_->delayed_send(self_, order.time, all_timeout{});
  }
  void carry_out(const dynamic_core::report& order) {
    supervision_event event{
      state_.context.path + '/' + order.id, order.what, order.reason, order.restarts, order.kind};
    state_.said.move_into(event, order.key);
    tell(state_.context.observe, event);
  }
  void carry_out(const dynamic_core::end& order) {
    for (auto& [which, promise] : std::exchange(state_.starts, {})) // their starts still fail
      promise.deliver(
        start_child_answer{tl::unexpected(supervision_error{supervision_errc::stopping,
          "the supervisor has ended: ask again when it has been started again"})});
    const bool was_told = order.why == end_order::cause::told && state_.told;
    self_->quit(was_told ? *state_.told : shutdown_reason());
  }

  dynamic_actor* self_;
  dynamic_supervisor_state& state_;
  order_queue<dynamic_core::order> orders_;
};

void answer_terminations(dynamic_supervisor_state& state, child_key key) {
  if (auto asked = state.terminations.extract(key))
    for (auto& promise : asked.mapped())
      promise.deliver(supervision_answer{});
}

void on_down(dynamic_actor* self, const caf::down_msg& down) {
  dynamic_supervisor_state& state = self->state;
  const child_key key = down.source.id();
  state.living->erase(key);
  if (auto failed = state.failing.extract(key))
    return dynamic_runner{self}.fail_start(failed.mapped().which, failed.mapped().reason);
  if (state.core->is_running(key))
    state.said.note(key, down.reason);
  dynamic_runner{self}.run(
    state.core->on_ended(key, kind_of(down.reason), exit_text(down.reason), self->clock().now()));
  answer_terminations(state, key);
}

dynamic_supervisor_state::start_promise start_child(dynamic_actor* self, start_child_call& call) {
  auto promise = self->make_response_promise<start_child_answer>();
  auto orders = self->state.core->add(std::move(call.child));
  if (!orders) {
    promise.deliver(start_child_answer{tl::unexpected(std::move(orders.error()))});
    return promise;
  }
  self->state.starts.emplace(std::get<dynamic_core::start>(orders->front()).which, promise);
  dynamic_runner{self}.run(std::move(*orders));
  return promise;
}

dynamic_supervisor_state::plain_promise terminate_child(
  dynamic_actor* self, const terminate_dynamic_call& call) {
  auto promise = self->make_response_promise<supervision_answer>();
  const child_key key = call.actor ? call.actor.id() : call.child;
  const bool is_strange = call.actor && call.actor.node() != self->node(); // ids are of a node
  auto orders = is_strange ? std::nullopt : self->state.core->terminate(key);
  if (!orders) {
    if (call.actor && has_ended(call.actor))
      promise.deliver(supervision_answer{});
    else
      promise.deliver(
        supervision_answer{tl::unexpected(supervision_error{supervision_errc::not_found,
          "that actor is no child of this supervisor; which_children_call tells those that are"})});
    return promise;
  }
  self->state.terminations[key].push_back(promise);
  dynamic_runner{self}.run(std::move(*orders));
  if (!self->state.core->is_running(key))
    answer_terminations(self->state, key);
  return promise;
}

dynamic_children known_to(const dynamic_actor* self) {
  return {*self->state.core, *self->state.living};
}

tl::unexpected<supervision_error> no_ids() {
  return tl::unexpected(supervision_error{supervision_errc::simple_one_for_one,
    "the children of a dynamic supervisor are named by their actors, not by ids: say "
    "terminate_dynamic_call, get_dynamic_childspec_call or which_dynamic_child_call; one that was "
    "stopped is forgotten"});
}

supervision_answer change(dynamic_actor* self, const supervisor_spec& wanted) {
  if (auto sound = check(wanted); !sound)
    return {tl::unexpected(std::move(sound.error()))};
  const supervisor_spec none;
  if (!wanted.children.empty() || wanted.how != none.how || wanted.ends != none.ends)
    return {tl::unexpected(supervision_error{
      supervision_errc::simple_one_for_one, "a dynamic supervisor has only a limit to change"})};
  self->state.core->change(wanted.limit);
  return {};
}

} // namespace

caf::behavior dynamic_supervisor(dynamic_actor* self, restart_limit limit,
  supervision_context context, dynamic_limits most, caf::actor_addr parent) {
  self->state.core = std::make_unique<dynamic_core>(limit, most, seed_of(self->id()));
  self->state.context = std::move(context);
  self->set_down_handler([self](const caf::down_msg& down) { on_down(self, down); });
  const auto on_told = [self](const caf::error& reason) {
    if (!self->state.told)
      self->state.told = reason;
    dynamic_runner{self}.run(self->state.core->on_shutdown(exit_text(reason)));
  };
  self->set_exit_handler([self, parent, on_told](const caf::exit_msg& told) {
    if (heeds(parent, *self->state.living, told))
      on_told(told.reason);
  });
  trap_links(*self, std::move(parent), on_told);
  kill_with(*self, self->state.living);
  return {
    [self](start_child_call& call) { return start_child(self, call); },
    [self](const terminate_dynamic_call& call) { return terminate_child(self, call); },
    [self](const get_dynamic_childspec_call& call) {
      return childspec_of(*self->state.core, call.child);
    },
    [self](const which_dynamic_child_call& call) { return child_of(known_to(self), call.child); },
    [self](const change_supervisor_call& call) { return change(self, call.wanted); },
    [](const restart_child_call&) { return start_child_answer{no_ids()}; },
    [](const delete_child_call&) { return supervision_answer{no_ids()}; },
    [](const terminate_child_call&) { return supervision_answer{no_ids()}; },
    [](const get_childspec_call&) { return childspec_answer{no_ids()}; },
    [](const which_child_call&) { return which_child_answer{no_ids()}; },
    [self](which_children_call) { return children_of(known_to(self)); },
    [self](count_children_call) { return count_of(*self->state.core); },
    [self](supervision_tree_call call) {
      return draw_tree(self, known_to(self), self->state.context.path, call);
    },
    [self](one_timeout timeout) {
      dynamic_runner{self}.run(self->state.core->on_stop_timeout(timeout.key));
      if (!self->state.core->is_running(timeout.key))
        answer_terminations(self->state, timeout.key);
    },
    [self](all_timeout) { dynamic_runner{self}.run(self->state.core->on_all_timeout()); },
    [self](retry_dynamic retry) {
      dynamic_runner{self}.run(self->state.core->on_retry(retry.which, self->clock().now()));
    },
  };
}

child_spec dynamic_supervisor_child(std::string id, restart_limit limit, supervision_context parent,
  dynamic_limits most, worker_options options) {
  supervision_context own = below(std::move(parent), id);
  const auto start = [limit, own = std::move(own), most](
                       caf::event_based_actor& above) -> start_outcome {
    if (const auto sound = check(limit); !sound)
      return caf::make_error(caf::sec::invalid_argument, sound.error().message);
    return spawns(dynamic_supervisor, limit, own, most, above.address())(above);
  };
  child_spec made = worker(std::move(id), start, options);
  made.kind = child_kind::supervisor;
  return made;
}

} // namespace aiex
