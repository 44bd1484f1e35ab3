#include "aiexd/gateway.hpp"

#include "aiex/actors/cluster/mesh.hpp"
#include "aiex/actors/runtime/read_verbs.hpp"
#include "aiex/supervision/process/exit_kind.hpp"

#include "aiexd/verbs/job_table.hpp"
#include "aiexd/verbs/projection_rebuild.hpp"
#include "aiexd/verbs/read_barrier.hpp"
#include "aiexd/verbs/tail.hpp"
#include "aiexd/version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>

namespace aiex {

namespace {

/// The error of an unknown verb names those there are.
error unknown_verb(std::string_view name, const std::vector<verb>& verbs) {
  std::string known;
  for (const verb& each : verbs)
    (known += known.empty() ? "" : ", ") += each.name;
  return {errc::invalid_argument, fmt::format("this node knows no verb \"{}\"; it knows {}",
                                    name.substr(0, verb_bytes_max), known)};
}

/// As long as the client waits, if it said so.
std::chrono::milliseconds patience_of(const gateway_request& request) {
  constexpr std::chrono::milliseconds unless_said{60'000};
  return request.deadline_ms == 0 ? unless_said : std::chrono::milliseconds{request.deadline_ms};
}

gateway_reply not_answered(const caf::error& why) {
  return reply_with(error{errc::unknown_outcome,
    "the node's gateway did not answer (" + exit_text(why) + "). Look what was done"});
}

void run(const verb& which, verb_call call) {
  is_read(which.name) ? run_fresh(std::move(call), which.run) : which.run(std::move(call));
}

void close_if_empty(door_state& door) {
  if (door.closing && door.closing->pending() && door.waiting.empty())
    door.closing->deliver(door_closed{});
}

/// Not delegated: an answer from another actor than the published one would make the client's CAF
/// watch that one, which no link allows.
void pass_on(caf::stateful_actor<door_state>* self, const std::optional<caf::actor>& behind,
  caller_request request, gateway_promise& promise) {
  door_state& door = self->state;
  const auto refuse = [&promise](std::string why) {
    promise.deliver(reply_with(error{errc::overloaded, std::move(why)}));
  };
  if (door.closing) {
    promise.deliver(reply_with(error{errc::stopped,
      "the node is being stopped, and nothing was done; ask again when it is back"}));
    return;
  }
  if (!behind)
    return refuse("the node's gateway is being started; ask again in a moment");
  if (door.waiting.size() >= door_waiting_max)
    return refuse(
      fmt::format("{} requests are under way already; ask again later", door_waiting_max));
  if (door.watched != behind->address()) {
    self->monitor(*behind);
    door.watched = behind->address();
  }
  const std::uint64_t number = ++door.last_request;
  door.waiting.emplace(number, door_state::waiting_request{behind->address(), promise});
  const auto answer = [self, number](gateway_reply reply) {
    if (auto found = self->state.waiting.extract(number)) // else its gateway ended before
      found.mapped().promise.deliver(std::move(reply));
    close_if_empty(self->state);
  };
  // CAF's own request: the door monitors whom it asks, and answers for its end.
  self->request(*behind, patience_of(request.asked), std::move(request))
    .then([answer](gateway_reply& reply) { answer(std::move(reply)); },
      [answer](const caf::error& why) { answer(not_answered(why)); });
}

gateway_promise run_verb(gateway_actor* self, const gateway_environment_pointer& node, caller from,
  const gateway_request& request) {
  auto promise = self->make_response_promise<gateway_reply>();
  const auto found = std::find_if(node->verbs.begin(), node->verbs.end(),
    [&](const verb& each) { return each.name == request.verb; });
  if (found == node->verbs.end()) {
    promise.deliver(reply_with(unknown_verb(request.verb, node->verbs)));
    return promise;
  }
  if (const auto may = check_role(from, found->name, found->least.role); !may) {
    promise.deliver(reply_with(may.error()));
    return promise;
  }
  auto keys = found->keys;
  if (is_read(found->name))
    keys.push_back(read_key);
  auto given = verb_arguments::parse(request.arguments, keys);
  if (given)
    run(*found, {self, node, found->name, std::move(*given), request.deadline_ms, promise,
                  self->clock().now(), std::move(from)});
  else
    promise.deliver(
      reply_with(error{given.error().code, request.verb + ": " + given.error().message}));
  return promise;
}

/// Who has sent the message that is being handled.
result<caller> sender_of(caf::stateful_actor<door_state>* self, const find_caller& callers) {
  const auto& sender = self->current_sender();
  if (!callers || (sender && sender->node() == self->node())) // an actor of this process
    return caller{};
  if (!sender)
    return fail(errc::denied, "a request has a sender");
  return callers(sender->node());
}

} // namespace

caf::behavior gateway(gateway_actor* self, gateway_environment_pointer node) {
  self->send(node->services.events.writer(), follow_log{caf::actor{self}});
  return {
    [node](const gateway_hello&) {
      return gateway_welcome{gateway_protocol, node->services.node, std::string{program_version}};
    },
    [self, node](
      const gateway_request& request) { return run_verb(self, node, caller{}, request); },
    [self, node](
      caller_request& request) { return run_verb(self, node, request.from, request.asked); },
    [self, node](const applied& what) {
      self->state.head = what.head;
      resume_tails(self, node);
    },
    [self](const tail_over& what) { end_tail(self, what.number); },
    [self](end_waiting) { end_tails(self); },
    [self](job_look& what) { look_at_job(self, std::move(what)); },
    [self](const job_watch& what) { watch_job(self, what); },
    [](rebuild_look& what) { look_at_rebuild(std::move(what)); },
  };
}

caf::behavior gateway_door(
  caf::stateful_actor<door_state>* self, std::string node, registry names, find_caller callers) {
  self->set_default_handler(caf::drop);
  self->set_down_handler([self](const caf::down_msg& down) {
    auto& waiting = self->state.waiting;
    for (auto each = waiting.begin(); each != waiting.end();) {
      const bool has_lost = each->second.asked == down.source;
      if (has_lost)
        each->second.promise.deliver(not_answered(down.reason));
      each = has_lost ? waiting.erase(each) : std::next(each);
    }
    close_if_empty(self->state);
  });
  return {
    [node](const gateway_hello&) {
      return gateway_welcome{gateway_protocol, node, std::string{program_version}};
    },
    [self, names, callers](gateway_request& request) {
      auto from = sender_of(self, callers);
      auto promise = self->make_response_promise<gateway_reply>();
      if (from)
        pass_on(self, names.find("gateway"), {std::move(*from), std::move(request)}, promise);
      else
        promise.deliver(reply_with(from.error()));
      return promise;
    },
    [self, names](node_hello& hello) { pass_hello(self, names, hello); },
    [self, names](close_door) {
      auto promise = self->make_response_promise<door_closed>();
      self->state.closing = promise;
      if (const auto behind = names.find("gateway"))
        self->send(*behind, end_waiting{});
      close_if_empty(self->state);
      return promise;
    },
  };
}

} // namespace aiex
