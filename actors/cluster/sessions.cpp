#include "aiex/actors/cluster/sessions.hpp"

#include "aiex/actors/flow/aggregates.hpp"
#include "aiex/actors/flow/owed_answer.hpp"
#include "aiex/actors/flow/projection.hpp"
#include "aiex/actors/runtime/call_failure.hpp"
#include "aiex/persistence/codec/encoded.hpp"
#include "aiex/supervision/call/call.hpp"
#include "aiex/supervision/tree/spawns.hpp"
#include "aiex/supervision/tree/supervisor_messages.hpp"

#include <caf/typed_response_promise.hpp>
#include <fmt/format.h>

namespace aiex {

namespace {

using actor = caf::stateful_actor<sessions_state>;

const std::string router_name = "aggregates/" + std::string{session_category};
const std::string living_name = router_name + "/live";
const std::string list_name = "projection/" + std::string{session_list::name};

error starting() {
  return {errc::overloaded, "the sessions are being started; ask again in a moment"};
}

/// The aggregate's words as the caller's.
error for_caller(const error& why, const std::string& id) {
  const bool is_refusal = why.code == errc::refused;
  if (why.code == errc::not_found || (is_refusal && why.message == "session_not_found"))
    return {errc::session_not_found, fmt::format("there is no session {}", id)};
  if (is_refusal && why.message == "session_closed")
    return {errc::session_closed,
      fmt::format("session {} is closed and takes no more commands; it can be read", id),
      why.actual};
  if (is_refusal && why.message == "already_exists")
    return {errc::already_exists, fmt::format("session {} exists already", id)};
  return why;
}

error no_answer(const call_error& why) {
  return as_error_of_change(why, "the session",
    "look what was done, or repeat the call with the same ids: it is then done once");
}

/// What is owed to a caller, and the place of its call among the others.
template <class Answer>
struct owed {
  owed_answer<caf::typed_response_promise<Answer>> promise;
  std::shared_ptr<std::size_t> under_way;

  owed(caf::typed_response_promise<Answer> to, std::shared_ptr<std::size_t> count)
      : promise(std::move(to)), under_way(std::move(count)) {
    ++*under_way;
  }
  owed(const owed&) = delete;
  owed& operator=(const owed&) = delete;
  ~owed() { --*under_way; }
};

/// A call under way, passed from step to step.
template <class Answer>
struct pending {
  actor* self;
  const node_services* services; // outlives every call: it is the behavior's
  std::shared_ptr<owed<Answer>> to;

  template <class Outcome>
  void answer(Outcome outcome) {
    to->promise.deliver(Answer{std::move(outcome)});
  }
  void refuse(error why) { to->promise.deliver(Answer{tl::unexpected(std::move(why))}); }
};

/// Lets a call in, if there is room for it.
template <class Answer, class Go>
caf::typed_response_promise<Answer> enter(actor* self, const node_services& services, Go go) {
  auto promise = self->make_response_promise<Answer>();
  const auto& under_way = self->state.under_way;
  const bool has_room = *under_way < session_calls_max;
  pending<Answer> call{self, &services, std::make_shared<owed<Answer>>(promise, under_way)};
  if (has_room)
    go(std::move(call));
  else
    call.refuse({errc::overloaded,
      fmt::format("the sessions refused the call: {} are under way. Repeat it a little later",
        session_calls_max)});
  return promise;
}

/// Asks `whom` for a call that is under way, and calls `then(Answer&)` or `fails(call_error)`.
template <class Answer, class Owed, class Message, class Then, class Fails>
void ask(
  const pending<Owed>& call, const caf::actor& whom, Message message, Then then, Fails fails) {
  const calls& asking = call.services->events.calls();
  asking.call<Answer>(call.self, whom, session_patience, std::move(message),
    [then, fails](tl::expected<Answer, call_error> answer) mutable {
      if (answer)
        then(*answer);
      else
        fails(answer.error());
    });
}

using session_call = pending<session_answer>;

/// What to show of a session, and after what.
struct wanted_view {
  std::string id;
  std::optional<std::uint64_t> at{}; ///< The version of a change that is done; nothing: as it is.
  bool repeated = false;
};

error not_shown(const wanted_view& wanted, const error& why) {
  if (!wanted.at)
    return for_caller(why, wanted.id);
  return {errc::unknown_outcome,
    fmt::format("session {} was changed, but cannot be shown: {}", wanted.id, why.message)};
}

void answer_view(
  session_call& call, const wanted_view& wanted, const result<aggregate_view>& seen) {
  if (!seen)
    return call.refuse(not_shown(wanted, seen.error()));
  session::state now;
  if (auto readable = json_reader{}.read(seen->state_json, now); !readable)
    return call.refuse(not_shown(wanted, readable.error()));
  if (now.status == session_status::unknown)
    return call.refuse(for_caller({errc::not_found, {}}, wanted.id));
  session_view made;
  made.row = {wanted.id, now.user_id, now.project_path, now.interface, now.node_preference,
    now.status, now.node, now.epoch, seen->version, now.created_at_us};
  made.metadata = std::move(now.metadata);
  made.repeated = wanted.repeated;
  call.answer(std::move(made));
}

void show(session_call call, wanted_view wanted) {
  const auto router = call.services->names.find(router_name);
  if (!router)
    return call.refuse(not_shown(wanted, starting()));
  ask<aggregate_state_answer>(
    call, *router, aggregate_state_call{wanted.id, wanted.at},
    [call, wanted](
      const aggregate_state_answer& seen) mutable { answer_view(call, wanted, seen.outcome); },
    [call, wanted](const call_error& why) mutable {
      call.refuse(not_shown(wanted, as_error(why, "the session")));
    });
}

template <class Command>
void dispatch(
  session_call call, std::string id, const Command& wish, std::optional<uuid> command_id) {
  const auto router = call.services->names.find(router_name);
  if (!router)
    return call.refuse(starting());
  auto stored = encode(wish);
  if (!stored)
    return call.refuse(std::move(stored.error()));
  ask<dispatch_answer>(
    call, *router, dispatch_call{id, std::move(stored->type), std::move(stored->data), command_id},
    [call, id](const dispatch_answer& done) mutable {
      if (done.outcome)
        show(std::move(call), {id, done.outcome->version, done.outcome->repeated});
      else
        call.refuse(for_caller(done.outcome.error(), id));
    },
    [call](const call_error& why) mutable { call.refuse(no_answer(why)); });
}

/// The id of a session is the id of the command that creates it: so a repeat finds it.
void create(session_call call, const create_session_call& asked) {
  if (auto fits = check(asked.wish); !fits)
    return call.refuse(std::move(fits.error()));
  const uuid id = asked.id ? *asked.id : call.services->make_id();
  dispatch(std::move(call), to_string(id), asked.wish, id);
}

void change(session_call call, const change_session_call& asked) {
  if (const auto* record = std::get_if<record_in_session>(&asked.wish))
    if (auto fits = check(*record); !fits)
      return call.refuse(std::move(fits.error()));
  std::visit(
    [&](
      const auto& wish) { dispatch(std::move(call), to_string(asked.id), wish, asked.command_id); },
    asked.wish);
}

/// Calls `then` once the list has everything that the log has now.
template <class Answer, class Then>
void when_listed(pending<Answer> call, Then then) {
  const auto list = call.services->names.find(list_name);
  if (!list)
    return call.refuse(starting());
  const auto head = call.services->events.events().head();
  if (!head)
    return call.refuse(head.error());
  ask<projection_wait_answer>(
    call, *list, projection_wait_call{head->position},
    [call, then](const projection_wait_answer& waited) mutable {
      if (waited.outcome)
        then(std::move(call));
      else
        call.refuse(waited.outcome.error());
    },
    [call](const call_error&) mutable { call.refuse(starting()); });
}

void count(pending<session_statistics_answer> call) {
  const auto counts = count_sessions(*call.services->models);
  if (!counts)
    return call.refuse(counts.error());
  const auto living = call.services->names.find(living_name);
  if (!living)
    return call.refuse(starting());
  ask<child_counts>(
    call, *living, count_children_call{},
    [call, counts = *counts](const child_counts& counted) mutable {
      call.answer(session_statistics{counts, counted.active});
    },
    [call](const call_error&) mutable { call.refuse(starting()); });
}

} // namespace

caf::behavior sessions_service(actor* self, node_services services) {
  const auto kept = std::make_shared<const node_services>(std::move(services));
  return {
    [self, kept](const create_session_call& asked) {
      return enter<session_answer>(
        self, *kept, [&](session_call call) { create(std::move(call), asked); });
    },
    [self, kept](const show_session_call& asked) {
      return enter<session_answer>(
        self, *kept, [&](session_call call) { show(std::move(call), {to_string(asked.id)}); });
    },
    [self, kept](const change_session_call& asked) {
      return enter<session_answer>(
        self, *kept, [&](session_call call) { change(std::move(call), asked); });
    },
    [self, kept](const list_sessions_call& asked) {
      return enter<list_sessions_answer>(self, *kept, [&](pending<list_sessions_answer> call) {
        when_listed(std::move(call), [asked](pending<list_sessions_answer> listed) {
          listed.answer(read_sessions(*listed.services->models, asked.wanted, asked.from));
        });
      });
    },
    [self, kept](session_statistics_call) {
      return enter<session_statistics_answer>(
        self, *kept, [](pending<session_statistics_answer> call) {
          when_listed(std::move(call),
            [](pending<session_statistics_answer> listed) { count(std::move(listed)); });
        });
    },
  };
}

node_part sessions() {
  aggregate_options options;
  options.most.live = sessions_living_max;
  options.idle_after = std::nullopt;
  options.comes_back = true;
  options.limit = session_crashes;
  node_part service{
    "service", [](const node_services& services, const supervision_context&) {
      return worker("service", via(services.names, "sessions", spawns(sessions_service, services)));
    }};
  return supervisor("sessions", strategy::one_for_one, {5, std::chrono::seconds{10}},
    {aggregates<session>(options), projection<session_list>(), std::move(service)});
}

} // namespace aiex
