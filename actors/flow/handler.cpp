#include "aiex/actors/flow/handler.hpp"

#include "aiex/actors/flow/internal/event_feed.hpp"
#include "aiex/supervision/process/exit_kind.hpp"
#include "aiex/supervision/process/state_view.hpp"
#include "aiex/supervision/tree/spawns.hpp"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace aiex {

class handler_run {
public:
  using actor = caf::stateful_actor<handler_state>;

  handler_run(actor* self, handler_body body, const registry& names)
      : body_(std::move(body)), feed_(
                                  self, names, body_.filter, [this] { return begin(); },
                                  [this] { work(); }, body_.options.window) {}

  event_feed& feed() { return feed_; }
  const handler_statistics& counted() const { return counted_; }
  std::string text() const {
    return fmt::format(
      R"({{"position":{},"handled":{},"failed":{},"last_failed":{},"last_failure":{}}})",
      body_.memory->at.value_or(position{}).value, counted_.handled, counted_.failed,
      counted_.last_failed.value, quoted(counted_.last_failure));
  }

private:
  std::optional<position> begin() const { return body_.memory->at ? body_.memory->at : first(); }
  /// Where it begins that has handled nothing. What came since the bus first took its subscription
  /// is not missed.
  std::optional<position> first() const {
    return body_.options.from ? body_.options.from : feed_.began();
  }

  void work() {
    if (!body_.memory->at)
      body_.memory->at = first();
    while (const recorded_event* event = feed_.front()) {
      handle(*event);
      body_.memory->at = event->position;
      feed_.advance();
    }
  }

  void handle(const recorded_event& event) {
    ++counted_.handled;
    try {
      body_.handle(event);
    } catch (...) {
      ++counted_.failed;
      counted_.last_failure = exit_text(reason_of(std::current_exception()));
      counted_.last_failed = event.position;
    }
  }

  handler_body body_;
  handler_statistics counted_;
  event_feed feed_;
};

std::string state_text(const handler_state& state) {
  return state.run->text();
}

caf::behavior handler_actor(handler_run::actor* self, handler_body body, node_services services) {
  self->state.run = std::make_shared<handler_run>(self, std::move(body), services.names);
  handler_run* run = self->state.run.get();
  self->set_down_handler([run](const caf::down_msg& down) { run->feed().on_down(down.source); });
  run->feed().join();
  return {
    [run](const event_delivery& delivered) { run->feed().receive(delivered); },
    [](bool) {}, // the bus's answer to unsubscribe_call
    [run](feed_join) { run->feed().join(); },
    [run](handler_statistics_call) { return run->counted(); },
  };
}

node_part handler(std::string id, query filter, event_function handle, handler_options options) {
  const handler_body body{std::move(filter), std::move(handle), options, nullptr};
  const auto make = [id, body](const node_services& services, const supervision_context&) {
    handler_body own = body;
    own.memory = std::make_shared<handler_memory>();
    return worker(id, via(services.names, "handler/" + id, spawns(handler_actor, own, services)));
  };
  return {id, make};
}

} // namespace aiex
