#include "aiex/actors/flow/aggregate.hpp"

#include "aiex/actors/flow/models_writer.hpp"
#include "aiex/supervision/process/state_view.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiex {

namespace {

struct check_idle {
  std::uint64_t handled = 0; ///< When the check was ordered.
};
struct write_later {
  std::shared_ptr<append_request> request;
};

} // namespace
} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::check_idle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::write_later)

namespace aiex {

namespace {

using actor = caf::stateful_actor<aggregate_actor_state>;

/// What the actor is given and never changes.
struct surroundings {
  std::string id;
  node_services services;
  aggregate_options options;
  caf::actor_addr router; // not kept alive by those whom it keeps alive
};
using shared = std::shared_ptr<const surroundings>;

void next(actor* self, const shared& around);

/// Whoever was asked goes on reporting: of a report that a call has overtaken, nothing comes.
void report(actor* self, const shared& around) {
  if (auto router = caf::actor_cast<caf::actor>(around->router))
    self->send(router, idle_report{around->id, self->state.handled});
}

void order_check(actor* self, const shared& around) {
  if (self->state.is_check_due)
    return;
  const auto after = self->state.core->is_over() ? std::optional{around->options.over_after}
                                                 : around->options.idle_after;
  if (!after)
    return;
  self->state.is_check_due = true;
  self->delayed_send(self, *after, check_idle{self->state.handled});
}

/// Unless too many are on their way: then the next one is taken as many events later.
void send_snapshot(actor* self, const shared& around, snapshot taken) {
  const auto models = around->services.names.find("models");
  auto permit = models ? around->services.snapshot_room->enter(taken.state.size()) : nullptr;
  if (permit)
    self->send(
      *models, save_snapshot{self->state.core->stream(), std::move(taken), std::move(permit)});
}

template <class Answer>
void finish(actor* self, const shared& around, Answer answer) {
  auto& state = self->state;
  if (!std::exchange(state.is_waking, false)) {
    state.waiting.front().promise.deliver(std::move(answer));
    state.waiting.pop_front();
    ++state.handled;
  }
  state.is_busy = false;
  if (auto taken = state.core->take_snapshot())
    send_snapshot(self, around, std::move(*taken));
}

void advance(actor* self, const shared& around, aggregate_core::step step);

void append(actor* self, const shared& around, append_request request) {
  around->services.events.append(self, std::move(request), around->options.store_patience,
    [self, around](const result<append_result>& outcome) {
      advance(self, around, self->state.core->on_appended(outcome));
      next(self, around);
    });
}

void advance(actor* self, const shared& around, aggregate_core::step step) {
  if (auto* read = std::get_if<aggregate_core::read>(&step)) {
    around->services.events.read(self, std::move(read->asked), around->options.store_patience,
      [self, around](const result<shared_page>& page) {
        advance(self, around, self->state.core->on_page(page));
        next(self, around);
      });
  } else if (auto* write = std::get_if<aggregate_core::write>(&step)) {
    if (write->after.count() == 0)
      return append(self, around, std::move(write->request));
    self->delayed_send(
      self, write->after, write_later{std::make_shared<append_request>(std::move(write->request))});
  } else if (auto* done = std::get_if<result<dispatched>>(&step)) {
    finish(self, around, dispatch_answer{std::move(*done)});
  } else {
    finish(self, around, aggregate_state_answer{std::move(std::get<result<aggregate_view>>(step))});
  }
}

/// Begins what waits, as long as it is answered at once.
void next(actor* self, const shared& around) {
  auto& state = self->state;
  while (!state.is_busy && !state.waiting.empty()) {
    state.is_busy = true;
    auto& asked = state.waiting.front().asked;
    if (auto* call = std::get_if<dispatch_call>(&asked)) {
      if (!call->command_id)
        call->command_id = around->services.make_id();
      advance(self, around, state.core->begin(std::move(*call)));
    } else {
      advance(self, around, state.core->begin(std::get<aggregate_state_call>(asked)));
    }
  }
  if (state.is_busy)
    return;
  if (state.is_asked)
    report(self, around);
  order_check(self, around);
}

template <class Answer, class Call>
void take(actor* self, const shared& around, Call& call) {
  auto promise = self->make_response_promise();
  auto& state = self->state;
  if (state.waiting.size() >= calls_per_aggregate_max) {
    ++state.handled;
    promise.deliver(Answer{fail(errc::overloaded,
      fmt::format("{} refused the call: {} are waiting already. Repeat it a little later",
        state.core->stream(), calls_per_aggregate_max))});
    return;
  }
  state.waiting.push_back({std::move(call), std::move(promise)});
  next(self, around);
}

/// It has begun, and reads its state before anybody asks for it.
void wake(actor* self, const shared& around) {
  if (auto router = caf::actor_cast<caf::actor>(around->router))
    self->send(router, aggregate_is_here{around->id, caf::actor_cast<caf::actor>(self)});
  self->state.is_busy = self->state.is_waking = true;
  advance(self, around, self->state.core->begin(aggregate_state_call{around->id}));
}

} // namespace

std::string state_text(const aggregate_actor_state& state) {
  if (!state.core)
    return "{}";
  const auto value = state.core->state_json();
  return fmt::format(R"({{"stream":{},"version":{},"state":{},"waiting":{}}})",
    quoted(state.core->stream()), state.core->version(),
    value ? *value : quoted(value.error().message), state.waiting.size());
}

caf::behavior aggregate(actor* self, std::shared_ptr<const aggregate_type> type, std::string id,
  node_services services, aggregate_options options, caf::actor_addr router) {
  auto& core = self->state.core.emplace(std::move(type), id,
    aggregate_settings{services.node, services.history, options.snapshot_every});
  if (services.aggregate_snapshots)
    if (auto saved = services.aggregate_snapshots->load(core.stream()); saved && *saved)
      core.restore(**saved);
  const auto around = std::make_shared<const surroundings>(
    surroundings{std::move(id), std::move(services), options, std::move(router)});
  if (around->options.comes_back)
    wake(self, around);
  return {
    [self, around](dispatch_call& call) { take<dispatch_answer>(self, around, call); },
    [self, around](
      aggregate_state_call& call) { take<aggregate_state_answer>(self, around, call); },
    [self, around](write_later& later) { append(self, around, std::move(*later.request)); },
    [self, around](report_idle) {
      self->state.is_asked = true;
      if (!self->state.is_busy)
        report(self, around);
    },
    [self, around](check_idle check) {
      self->state.is_check_due = false;
      if (!self->state.is_busy && check.handled == self->state.handled)
        report(self, around);
      order_check(self, around);
    },
    [self](retire) { self->quit(); },
  };
}

} // namespace aiex
