#include "aiex/actors/flow/aggregates.hpp"

#include "aiex/supervision/call/call.hpp"
#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/tree/dynamic_supervisor.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor.hpp"

#include <fmt/format.h>

namespace aiex {

namespace {

using router = caf::stateful_actor<aggregates_router_state>;
using waiting_call = aggregate_actor_state::waiting_call;

/// So long the start of an aggregate may take: it reads one snapshot.
constexpr std::chrono::milliseconds start_patience{10'000};

struct surroundings {
  std::shared_ptr<const aggregate_type> type;
  node_services services;
  aggregate_options options;
};
using shared = std::shared_ptr<const surroundings>;

std::string name_of(const aggregate_type& type) {
  return "aggregates/" + std::string{type.category};
}
std::string name_of_live(const aggregate_type& type) {
  return name_of(type) + "/live";
}

void refuse_call(waiting_call& call, const error& why) {
  if (std::holds_alternative<dispatch_call>(call.asked))
    call.promise.deliver(dispatch_answer{tl::unexpected(why)});
  else
    call.promise.deliver(aggregate_state_answer{tl::unexpected(why)});
}

const std::string& id_of(const waiting_call& call) {
  return std::visit([](const auto& asked) -> const std::string& { return asked.id; }, call.asked);
}

void forward(const caf::actor& to, waiting_call& call) {
  std::visit([&](auto& asked) { call.promise.delegate(to, std::move(asked)); }, call.asked);
}

error overloaded(const aggregate_type& type) {
  return {errc::overloaded, fmt::format("the aggregates of {} refused the call: too many wait for "
                                        "one to be started. Repeat it a little later",
                              type.category)};
}

void start(router* self, const shared& around, const std::string& id);

void carry_out(
  router* self, const shared& around, live_table::orders orders, const error& refusal) {
  auto& state = self->state;
  for (const std::string& id : orders.retire)
    self->send(state.live.at(id), retire{});
  for (const std::string& id : orders.report)
    self->send(state.live.at(id), report_idle{});
  for (const std::string& id : orders.start)
    start(self, around, id);
  for (const call_ticket ticket : orders.forward) {
    auto call = state.waiting.extract(ticket);
    forward(state.live.at(id_of(call.mapped())), call.mapped());
  }
  for (const call_ticket ticket : orders.refuse)
    refuse_call(state.waiting.extract(ticket).mapped(), refusal);
}

void on_started(router* self, const shared& around, const std::string& id, const caf::actor& made) {
  caf::actor& known = self->state.live[id];
  if (known)
    self->state.names.erase(known.address()); // its end may be heard of later
  known = made;
  self->state.names[made.address()] = id;
  self->monitor(made);
  carry_out(self, around, self->state.table->on_started(id), overloaded(*around->type));
}

void on_not_started(
  router* self, const shared& around, const std::string& id, const std::string& why) {
  const error refusal{
    errc::stopped, fmt::format("{} {} cannot be started: {}", around->type->category, id, why)};
  carry_out(self, around, self->state.table->on_not_started(id), refusal);
}

void start(router* self, const shared& around, const std::string& id) {
  const auto live = around->services.names.find(name_of_live(*around->type));
  invariant(live.has_value(), "the supervisor of the aggregates is started before the router");
  child_spec child = worker(id,
    spawns(aggregate, around->type, id, around->services, around->options, self->address()),
    {.restart = around->options.comes_back ? restart::transient : restart::temporary});
  around->services.events.calls().call<start_child_answer>(self, *live, start_patience,
    start_child_call{std::move(child)},
    [self, around, id](const tl::expected<start_child_answer, call_error>& answer) {
      if (!answer)
        return on_not_started(self, around, id, text(answer.error()));
      if (!answer->outcome)
        return on_not_started(self, around, id, answer->outcome.error().message);
      if (!around->options.comes_back) // else it says so itself
        on_started(self, around, id, answer->outcome->actor);
    });
}

/// A name that its stream can have.
result<void> check_id(const aggregate_type& type, const std::string& id) {
  const std::size_t most = limits::stream_bytes_max - type.category.size() - 1;
  if (!id.empty() && id.size() <= most)
    return {};
  return fail(errc::invalid_id,
    fmt::format("an id of {} has 1 to {} bytes, this one has {}", type.category, most, id.size()));
}

template <class Call>
void route(router* self, const shared& around, Call& asked) {
  waiting_call call{std::move(asked), self->make_response_promise()};
  const std::string id = id_of(call);
  if (auto checked = check_id(*around->type, id); !checked)
    return refuse_call(call, checked.error());
  auto& state = self->state;
  if (state.table->forward(id))
    return forward(state.live.at(id), call);
  const call_ticket ticket = ++state.last_ticket;
  state.waiting.emplace(ticket, std::move(call));
  carry_out(self, around, state.table->wait(id, ticket), overloaded(*around->type));
}

void on_down(router* self, const shared& around, const caf::down_msg& down) {
  auto& state = self->state;
  const auto found = state.names.find(caf::actor_cast<caf::actor_addr>(down.source));
  if (found == state.names.end())
    return;
  const std::string id = std::move(found->second);
  state.names.erase(found);
  state.live.erase(id);
  const bool comes_back = around->options.comes_back && kind_of(down.reason) == exit_kind::abnormal;
  carry_out(self, around, state.table->on_down(id, comes_back), overloaded(*around->type));
}

} // namespace

caf::behavior aggregates_router(router* self, std::shared_ptr<const aggregate_type> type,
  node_services services, aggregate_options options) {
  const auto around = std::make_shared<const surroundings>(
    surroundings{std::move(type), std::move(services), options});
  self->state.table.emplace(options.most);
  self->set_down_handler(
    [self, around](const caf::down_msg& down) { on_down(self, around, down); });
  return {
    [self, around](dispatch_call& call) { route(self, around, call); },
    [self, around](aggregate_state_call& call) { route(self, around, call); },
    [self, around](const aggregate_is_here& here) { on_started(self, around, here.id, here.self); },
    [self, around](const idle_report& idle) {
      if (self->state.live.contains(idle.id))
        carry_out(self, around, self->state.table->on_idle(idle.id, idle.handled),
          overloaded(*around->type));
    },
  };
}

node_part aggregates(aggregate_type type, aggregate_options options) {
  const auto kept = std::make_shared<const aggregate_type>(std::move(type));
  std::string id = name_of(*kept);
  return {
    id, [kept, options, id](const node_services& services, const supervision_context& parent) {
      child_spec live = dynamic_supervisor_child("live", options.limit, below(parent, id));
      live.start = via(services.names, name_of_live(*kept), std::move(live.start));
      child_spec router_child = worker(
        "router", via(services.names, id, spawns(aggregates_router, kept, services, options)));
      supervisor_spec spec{
        .how = strategy::one_for_all, .children = {std::move(live), std::move(router_child)}};
      return supervisor_child(id, std::move(spec), parent);
    }};
}

} // namespace aiex
