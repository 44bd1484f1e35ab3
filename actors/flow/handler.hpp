// A function of the user's that hears events: the smallest subscriber there is.
//
//   handler("mail", {.types = {"opened"}}, [](const recorded_event& event) { … })
//
// It remembers how far it has come as long as its node runs: a handler or a bus that is started
// again goes on behind the last event that was handled. A node that is started begins anew where
// the options say. What must count each event once is a projection.
#pragma once

#include "aiex/actors/flow/bus_messages.hpp"
#include "aiex/actors/flow/node_part.hpp"

#include <caf/behavior.hpp>
#include <caf/stateful_actor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace aiex {

/// Called for one event after the other, in log order, on a thread of the node's pool. What it
/// throws is counted, and the next event comes.
using event_function = std::function<void(const recorded_event& event)>;

struct handler_options {
  std::optional<position> from{}; ///< Begin behind it; nothing: with what comes from its start on.
  std::uint32_t window = subscription_table::window_default; ///< Events on their way to it.
};

/// Answered with `handler_statistics`.
struct handler_statistics_call {};
struct handler_statistics {
  std::uint64_t handled = 0;
  std::uint64_t failed = 0;   ///< Of them: the function threw.
  std::string last_failure{}; ///< What it said.
  position last_failed{};     ///< At which event.
};

class handler_run;

struct handler_state {
  static inline const char* name = "handler";
  std::shared_ptr<handler_run> run;
};

/// How far it has come, and what it has handled.
std::string state_text(const handler_state& state);

/// What outlives a handler actor: made by whoever starts it, handed to one incarnation after
/// another, touched by the living one only.
struct handler_memory {
  std::optional<position> at; ///< It goes on behind this; nothing: it never began.
};

/// What a handler consists of.
struct handler_body {
  query filter;
  event_function handle;
  handler_options options;
  std::shared_ptr<handler_memory> memory;
};

/// The handler actor. Ends, to be started again, if the bus does not take its subscription.
///
///   event_delivery                                  from the bus
///   handler_statistics_call -> handler_statistics
caf::behavior handler_actor(
  caf::stateful_actor<handler_state>* self, handler_body body, node_services services);

/// A permanent child, registered as "handler/<id>".
node_part handler(
  std::string id, query filter, event_function handle, handler_options options = {});

} // namespace aiex

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::handler_statistics_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(aiex::handler_statistics)
