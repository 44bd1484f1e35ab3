#include "aiexd/gateway.hpp"

#include "aiex/supervision/exit_kind.hpp"

#include "aiexd/projection_rebuild.hpp"
#include "aiexd/store_jobs.hpp"
#include "aiexd/tail.hpp"
#include "aiexd/version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

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

} // namespace

gateway_reply lines_reply(std::string lines, std::string next) {
  gateway_reply reply;
  reply.format = reply_format::lines;
  reply.body = std::move(lines);
  reply.next = std::move(next);
  return reply;
}

caf::behavior gateway(gateway_actor* self, gateway_environment_pointer node) {
  self->send(node->services.events.writer(), follow_log{caf::actor{self}});
  return {
    [node](const gateway_hello&) {
      return gateway_welcome{gateway_protocol, node->services.node, std::string{program_version}};
    },
    [self, node](const gateway_request& request) {
      auto promise = self->make_response_promise<gateway_reply>();
      const auto found = std::find_if(node->verbs.begin(), node->verbs.end(),
        [&](const verb& each) { return each.name == request.verb; });
      if (found == node->verbs.end()) {
        promise.deliver(reply_with(unknown_verb(request.verb, node->verbs)));
        return promise;
      }
      auto given = verb_arguments::parse(request.arguments, found->keys);
      if (given)
        found->run({self, node, std::move(*given), request.deadline_ms, promise});
      else
        promise.deliver(
          reply_with(error{given.error().code, request.verb + ": " + given.error().message}));
      return promise;
    },
    [self, node](const applied& what) {
      self->state.head = what.head;
      resume_tails(self, node);
    },
    [self](const tail_over& what) { end_tail(self, what.number); },
    [self](job_look& what) { look_at_job(self, std::move(what)); },
    [](rebuild_look& what) { look_at_rebuild(std::move(what)); },
  };
}

caf::behavior gateway_door(caf::event_based_actor* self, std::string node, registry names) {
  self->set_default_handler(caf::drop);
  return {
    [node](const gateway_hello&) {
      return gateway_welcome{gateway_protocol, node, std::string{program_version}};
    },
    [self, names](gateway_request& request) {
      auto promise = self->make_response_promise<gateway_reply>();
      const auto behind = names.find("gateway");
      if (!behind) {
        promise.deliver(reply_with(
          error{errc::overloaded, "the node's gateway is being started; ask again in a moment"}));
        return promise;
      }
      // Not delegated: an answer from another actor than the published one would make the client's
      // CAF watch that one, which no link allows.
      self->request(*behind, patience_of(request), std::move(request))
        .then([promise](gateway_reply& reply) mutable { promise.deliver(std::move(reply)); },
          [promise](const caf::error& why) mutable {
            promise.deliver(reply_with(error{errc::unknown_outcome,
              "the node's gateway did not answer (" + exit_text(why) + "). Look what was done"}));
          });
      return promise;
    },
  };
}

} // namespace aiex
