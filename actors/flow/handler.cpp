#include "aiex/actors/flow/handler.hpp"

#include "aiex/supervision/exit_kind.hpp"
#include "aiex/supervision/spawns.hpp"

#include <exception>
#include <utility>

namespace aiex {

namespace {

using actor = caf::stateful_actor<handler_state>;

/// The bus is in this process and answers at once; a silent one is started again with all behind.
constexpr std::chrono::milliseconds bus_patience{10'000};

void handle(
  handler_statistics& counted, const event_function& function, const recorded_event& event) {
  ++counted.handled;
  try {
    function(event);
  } catch (...) {
    ++counted.failed;
    counted.last_failure = exit_text(reason_of(std::current_exception()));
    counted.last_failed = event.position;
  }
}

} // namespace

caf::behavior handler_actor(actor* self, handler_body body, node_services services) {
  const auto shared = std::make_shared<const handler_body>(std::move(body));
  self
    ->request(services.bus(), bus_patience,
      subscribe_call{
        caf::actor{self}, shared->filter, shared->options.from, shared->options.window})
    .then(
      [self](const subscribed& answer) {
        if (!answer.outcome)
          self->quit(caf::make_error(caf::sec::runtime_error, answer.outcome.error().message));
      },
      [self](const caf::error& why) { self->quit(why); });
  return {
    [self, shared](const event_delivery& delivered) {
      const auto bus = caf::actor_cast<caf::actor>(self->current_sender());
      for (std::size_t i = 0; i < delivered.size(); ++i) {
        handle(self->state.counted, shared->handle, delivered.event(i));
        self->send(bus, event_credit{delivered.subscription(i), 1});
      }
    },
    [self](handler_statistics_call) { return self->state.counted; },
  };
}

node_part handler(std::string id, query filter, event_function handle, handler_options options) {
  const handler_body body{std::move(filter), std::move(handle), options};
  const auto make = [id, body](const node_services& services, const supervision_context&) {
    return worker(
      id, in_registry(services.names, "handler/" + id, spawns(handler_actor, body, services)));
  };
  return {id, make};
}

} // namespace aiex
