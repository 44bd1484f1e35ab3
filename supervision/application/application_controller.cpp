#include "aiex/supervision/application/application_controller.hpp"

#include "aiex/supervision/tree/internal/child_life.hpp"
#include "aiex/supervision/tree/internal/order_queue.hpp"
#include "aiex/supervision/tree/internal/timed_start.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace aiex {

namespace {

/// The controller's word to itself.
struct application_timeout {
  std::string name;
  child_key key = 0;
};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::application_timeout)

namespace aiex {

namespace {

using controller_actor = caf::stateful_actor<application_controller_state>;

std::vector<application_plan> plans_of(const std::vector<managed_application>& applications) {
  std::vector<application_plan> plans;
  plans.reserve(applications.size());
  for (const managed_application& each : applications)
    plans.push_back({each.tree.id, each.dependencies, each.type, each.tree.stop_by()});
  return plans;
}

supervision_errc as_supervision(application_errc code) {
  switch (code) {
  case application_errc::already_started: return supervision_errc::running;
  case application_errc::stopping: return supervision_errc::stopping;
  case application_errc::start_failed:
  case application_errc::too_many_requests:
  case application_errc::not_started: return supervision_errc::start_failed;
  default: return supervision_errc::not_found;
  }
}

supervision_error as_supervision(const application_error& why) {
  return {as_supervision(why.code), why.message};
}

/// Carries out orders; each start answers with more of them.
class application_runner {
public:
  explicit application_runner(controller_actor* self)
      : self_(self), state_(self->state), orders_(*self) {}

  /// What one has ended for, before that is reported.
  void note_end(const std::string& name, const caf::error& reason) { ended_ = {name, reason}; }

  void run(application_orders given) {
    orders_.add(std::move(given));
    orders_.run([this](const auto& order) { this->carry_out(order); });
  }

private:
  void tell(child_change what, const std::string& name, const std::string& reason) {
    supervision_event event{state_.context.path + '/' + name, what, reason};
    if (ended_.name == name) {
      crash_reason crash = crash_reason_of(ended_.reason);
      event.kind = kind_of(std::exchange(ended_, {}).reason);
      event.last_message = std::move(crash.last_message);
      event.site = std::move(crash.site);
    }
    aiex::tell(state_.context.observe, event);
  }

  void carry_out(const start_application& order) {
    const child_spec& tree = application_of(state_, order.name).tree;
    const start_outcome outcome = outcome_of(state_.context, tree, 0, *self_, *state_.living);
    std::visit([&](const auto& made) { this->on_outcome(order.name, made); }, outcome);
  }

  void on_outcome(const std::string& name, const started& made) {
    if (const auto reason = reason_of_early_end(made.actor))
      return fail(name, *reason);
    watch(made.actor);
    state_.tops[name] = made.actor.id();
    orders_.add(state_.core->on_started());
  }
  void on_outcome(const std::string& name, const failing& made) {
    state_.failing = {made.actor.id(), made.reason, name};
    watch(made.actor);
  }
  void on_outcome(const std::string&, const ignored&) {
    fail(
      "an application cannot be ignored: leave it out of the program, or have its tree be empty");
  }
  void on_outcome(const std::string&, const taken& by) { fail(by.reason()); }
  void on_outcome(const std::string& name, const caf::error& reason) { fail(name, reason); }

  void fail(const std::string& reason) {
    orders_.add(state_.core->on_start_failed(exit_kind::abnormal, reason));
  }
  void fail(const std::string& name, const caf::error& reason) {
    note_end(name, reason);
    orders_.add(state_.core->on_start_failed(kind_of(reason), exit_text(reason)));
  }

  void watch(const caf::actor& tree) {
    state_.living->emplace(tree.id(), tree);
    self_->monitor(tree);
  }

  void carry_out(const call_back& order) {
    const managed_application& one = application_of(state_, order.name);
    const bool is_stop = order.which == application_callback::stop;
    const auto& callback = is_stop ? one.stop : one.prep_stop;
    if (!callback)
      return;
    try {
      callback();
    } catch (...) {
      tell(child_change::exited, order.name,
        std::string{"its callback "} + (is_stop ? "stop" : "prep_stop") +
          " threw: " + exit_text(reason_of(std::current_exception())));
    }
  }

  void send_exit(const std::string& name, const caf::error& reason,
    std::optional<std::chrono::milliseconds> most) {
    const caf::actor top = top_of(state_, name);
    if (!top)
      return; // its end is on its way
    self_->send<caf::message_priority::high>(top, caf::exit_msg{self_->address(), reason});
    if (most)
      self_->delayed_send(self_, *most, application_timeout{name, top.id()});
  }

  void carry_out(const stop_application& order) {
    if (order.how.kills())
      return carry_out(kill_application{order.name});
    send_exit(order.name, shutdown_reason(),
      order.how.waits_forever() ? std::nullopt : std::optional{order.how.time()});
  }
  void carry_out(const kill_application& order) {
    send_exit(order.name, caf::exit_reason::kill, kill_patience);
  }

  void carry_out(const report_application& order) { tell(order.what, order.name, order.reason); }

  void carry_out(const answer_application& order) {
    if (auto asked = state_.asked.extract(order.token))
      std::visit([&](auto& promise) { this->deliver(promise, order); }, asked.mapped());
  }
  void deliver(
    application_controller_state::application_promise& to, const answer_application& said) {
    to.deliver(application_answer{said.answer});
  }
  void deliver(application_controller_state::start_promise& to, const answer_application& said) {
    if (!said.answer)
      to.deliver(start_child_answer{tl::unexpected(as_supervision(said.answer.error()))});
    else
      to.deliver(start_child_answer{
        started{said.answer->empty() ? caf::actor{} : top_of(state_, said.answer->back())}});
  }
  void deliver(application_controller_state::plain_promise& to, const answer_application& said) {
    // A supervisor has nothing against stopping what does not run.
    if (said.answer || said.answer.error().code == application_errc::not_started)
      to.deliver(supervision_answer{});
    else
      to.deliver(supervision_answer{tl::unexpected(as_supervision(said.answer.error()))});
  }

  void carry_out(const end_applications& order) {
    if (!order.failure.empty() && state_.has_begun && state_.spec.on_failure)
      state_.spec.on_failure(order.failure);
    self_->quit(shutdown_reason());
  }

  controller_actor* self_;
  application_controller_state& state_;
  order_queue<application_order> orders_;
  struct {
    std::string name{}; // empty: none has
    caf::error reason{};
  } ended_;
};

void on_down(controller_actor* self, const caf::down_msg& down) {
  application_controller_state& state = self->state;
  const child_key key = down.source.id();
  state.living->erase(key);
  application_runner runner{self};
  if (state.failing && state.failing->key == key) {
    const auto [failed, reason, name] = *std::exchange(state.failing, std::nullopt);
    runner.note_end(name, reason);
    return runner.run(state.core->on_start_failed(kind_of(reason), exit_text(reason)));
  }
  const auto top = std::find_if(
    state.tops.begin(), state.tops.end(), [key](const auto& each) { return each.second == key; });
  if (top == state.tops.end())
    return; // it was abandoned
  const std::string name = top->first;
  state.tops.erase(top);
  runner.note_end(name, down.reason);
  runner.run(state.core->on_ended(name, kind_of(down.reason), exit_text(down.reason)));
}

template <class Promise, class Answer, class Request>
Promise ask(controller_actor* self, Request request) {
  application_controller_state& state = self->state;
  Promise promise = self->make_response_promise<Answer>();
  const request_token token = ++state.last_token;
  state.asked.emplace(token, promise);
  application_runner{self}.run(request(*state.core, token));
  return promise;
}

auto starting(std::string name, bool together) {
  return [name = std::move(name), together](application_core& core, request_token token) {
    return core.start(token, name, together);
  };
}

auto stopping(std::string name) {
  return [name = std::move(name)](
           application_core& core, request_token token) { return core.stop(token, name); };
}

void install_handlers(controller_actor* self) {
  self->set_down_handler([self](const caf::down_msg& down) { on_down(self, down); });
  self->set_exit_handler([self](const caf::exit_msg& told) {
    if (heeds(self->state.parent, *self->state.living, told))
      application_runner{self}.run(self->state.core->on_shutdown());
  });
  trap_links(*self, self->state.parent,
    [self](const caf::error&) { application_runner{self}.run(self->state.core->on_shutdown()); });
  kill_with(*self, self->state.living);
}

std::optional<application_error> fault_of(const std::vector<managed_application>& applications) {
  if (const auto order = start_order_of(plans_of(applications)); !order)
    return order.error();
  for (const managed_application& each : applications)
    if (const auto sound = check(each.tree, auto_shutdown::any_significant); !sound)
      return application_error{sound.error().code == supervision_errc::missing_start
                                 ? application_errc::missing_start
                                 : application_errc::bad_tree,
        "the tree of an application cannot be started: " + sound.error().message};
  return std::nullopt;
}

start_outcome start_controller(caf::actor_system& system, applications_spec spec,
  supervision_context context, caf::actor_addr parent) {
  if (const auto fault = fault_of(spec.applications))
    return caf::make_error(caf::sec::invalid_argument, fault->message);
  const auto failure = std::make_shared<std::string>();
  start_outcome made = spawn_eager(system, application_controller, spec, context, parent, failure);
  if (!failure->empty()) // it has ended, or has still to stop those that it had started
    return failing{actor_of(made), caf::make_error(caf::sec::runtime_error, *failure)};
  return made;
}

/// Empty: it has begun. A start that has failed, whose tree has still to end, counts already.
std::string failure_to_begin(const application_controller_state& state) {
  if (state.core->is_ending() || !state.failing)
    return state.core->failure();
  const auto& [key, reason, name] = *state.failing;
  return state.core->failure_of_start(name, kind_of(reason), exit_text(reason));
}

} // namespace

caf::behavior application_controller(controller_actor* self, applications_spec spec,
  supervision_context context, caf::actor_addr parent, std::shared_ptr<std::string> failure) {
  application_controller_state& state = self->state;
  state.core.emplace(plans_of(spec.applications));
  state.spec = std::move(spec);
  state.context = std::move(context);
  state.parent = std::move(parent);
  install_handlers(self);
  application_runner{self}.run(state.core->begin());
  *failure = failure_to_begin(state);
  state.has_begun = failure->empty();
  if (state.core->has_ended())
    return {}; // nothing had to be taken back
  return {
    [self](start_application_call& call) {
      return ask<application_controller_state::application_promise, application_answer>(
        self, starting(std::move(call.name), call.together));
    },
    [self](stop_application_call& call) {
      return ask<application_controller_state::application_promise, application_answer>(
        self, stopping(std::move(call.name)));
    },
    [self](restart_child_call& call) {
      return ask<application_controller_state::start_promise, start_child_answer>(
        self, starting(std::move(call.id), false));
    },
    [self](terminate_child_call& call) {
      return ask<application_controller_state::plain_promise, supervision_answer>(
        self, stopping(std::move(call.id)));
    },
    [self](which_applications_call) { return applications_of(self->state); },
    [self](which_children_call) { return children_of(self->state); },
    [self](supervision_tree_call call) { return draw_tree(self, call); },
    [self](const application_timeout& over) {
      const auto top = self->state.tops.find(over.name);
      if (top == self->state.tops.end() || top->second != over.key)
        return;
      // Abandoned the second time: what comes of it later is a stranger's.
      auto orders = self->state.core->on_stop_timeout(over.name);
      if (!self->state.core->is_stopping(over.name))
        self->state.tops.erase(over.name);
      application_runner{self}.run(std::move(orders));
    },
  };
}

child_spec applications_child(
  std::string id, applications_spec spec, supervision_context parent, worker_options options) {
  supervision_context own = below(std::move(parent), id);
  child_spec made = worker(
    std::move(id),
    [spec = std::move(spec), context = std::move(own)](caf::event_based_actor& supervisor) {
      return start_controller(supervisor.system(), spec, context, supervisor.address());
    },
    options);
  made.kind = child_kind::supervisor;
  return made;
}

} // namespace aiex
